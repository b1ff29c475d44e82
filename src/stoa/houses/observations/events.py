# SPDX-License-Identifier: EUPL-1.2
"""What others may listen to. Names are past tense; fields are plain values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ThingChanged:
    """A thing or one of its series was set up, changed or removed. Observations are no events of this kind."""

    uid: str
    removed: bool = False


@dataclass(frozen=True, slots=True)
class DeviceFellSilent:
    """A device was not heard for much longer than it should have been; told once until it is heard again."""

    uid: str


@dataclass(frozen=True, slots=True)
class AlertRaised:
    """A rule has fired."""

    uid: str


@dataclass(frozen=True, slots=True)
class AlertEnded:
    """What made a rule fire is over."""

    uid: str
