# SPDX-License-Identifier: EUPL-1.2
"""What a house says of itself, as a value that tests hold against the code."""

from __future__ import annotations

from dataclasses import dataclass

from stoa.ground.words import Saying


@dataclass(frozen=True, slots=True)
class PersonalData:
    """One kind of personal data that a house holds."""

    what: Saying
    why: Saying
    kept: Saying
    """How long, in words."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Title, standards, rights, events, jobs, personal data of a house."""

    name: str
    title: Saying
    about: Saying
    depends_on: tuple[str, ...]
    """Houses whose doors it enters; a test holds this against the imports."""
    standards: tuple[str, ...]
    permissions: str
    """`module:StrEnum` of its rights."""
    events: tuple[str, ...]
    listens_to: tuple[str, ...]
    jobs: tuple[str, ...]
    personal_data: tuple[PersonalData, ...] = ()
    datasets: tuple[str, ...] = ()
    """Slugs of datasets that it publishes by itself."""
