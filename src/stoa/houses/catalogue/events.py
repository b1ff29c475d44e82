# SPDX-License-Identifier: EUPL-1.2
"""What others may listen to. Names are past tense; fields are plain values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DatasetPublished:
    """A dataset has a new version that the people entitled to it can see."""

    slug: str
    version: int


@dataclass(frozen=True, slots=True)
class DatasetRetired:
    """A dataset is not offered any more; its versions stay."""

    slug: str


@dataclass(frozen=True, slots=True)
class DeliveryHeld:
    """A file departs from the agreed recipe, so it was not published."""

    slug: str
    delivery: int


@dataclass(frozen=True, slots=True)
class ReuseShown:
    """A re-use was checked and is public."""

    uid: str
    title: str


@dataclass(frozen=True, slots=True)
class DataRequested:
    """A request for data is public and has a promised day."""

    uid: str
    title: str
    promised_on: str


@dataclass(frozen=True, slots=True)
class DataRequestAnswered:
    """A request for data was granted, granted in part or refused, with a reason."""

    uid: str
    state: str
    dataset: str


@dataclass(frozen=True, slots=True)
class AccessGranted:
    """Rows of a dataset that is not open were opened to somebody until a day."""

    slug: str
    until_on: str


@dataclass(frozen=True, slots=True)
class AccessRevoked:
    """Access on request was taken back before its end."""

    slug: str


@dataclass(frozen=True, slots=True)
class RowReported:
    """Somebody says that a row is wrong."""

    slug: str
    version: int
    row: int


@dataclass(frozen=True, slots=True)
class CatalogueHarvested:
    """Another catalogue was read; so many of its datasets are new, changed or gone."""

    source: str
    new: int
    changed: int
    gone: int
