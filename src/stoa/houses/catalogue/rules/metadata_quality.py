# SPDX-License-Identifier: EUPL-1.2
"""How good the description of a dataset is, by the metadata quality assessment (MQA) of data.europa.eu. Pure.

Five dimensions, 405 points. What is measured at distributions counts for the best one. An address counts as
reachable where we know it: our own files do while their version is kept, addresses elsewhere were not tried.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from stoa.ground.words import N_, Saying, say


class Dimension(StrEnum):
    """What the assessment looks at."""

    FINDABILITY = "findability"
    ACCESSIBILITY = "accessibility"
    INTEROPERABILITY = "interoperability"
    REUSABILITY = "reusability"
    CONTEXTUALITY = "contextuality"


DIMENSION_LABELS: Mapping[Dimension, str] = {
    Dimension.FINDABILITY: N_("Can it be found?"),
    Dimension.ACCESSIBILITY: N_("Can it be fetched?"),
    Dimension.INTEROPERABILITY: N_("Can programs read it?"),
    Dimension.REUSABILITY: N_("Is it clear who may use it, and whom to ask?"),
    Dimension.CONTEXTUALITY: N_("Is the rest told?"),
}


class Rating(StrEnum):
    """The assessment's words for a total."""

    EXCELLENT = "excellent"
    GOOD = "good"
    SUFFICIENT = "sufficient"
    BAD = "bad"


RATING_LABELS: Mapping[Rating, str] = {
    Rating.EXCELLENT: N_("excellent"),
    Rating.GOOD: N_("good"),
    Rating.SUFFICIENT: N_("sufficient"),
    Rating.BAD: N_("poor"),
}
_FROM = ((351, Rating.EXCELLENT), (221, Rating.GOOD), (121, Rating.SUFFICIENT), (0, Rating.BAD))


@dataclass(frozen=True, slots=True)
class DistributionFacts:
    """One way to the data, as far as its description goes."""

    access_works: bool = False
    has_download: bool = False
    download_works: bool = False
    has_format: bool = False
    has_media_type: bool = False
    is_from_vocabulary: bool = False
    is_open_format: bool = False
    is_machine_readable: bool = False
    has_licence: bool = False
    has_known_licence: bool = False
    has_rights: bool = False
    has_size: bool = False


@dataclass(frozen=True, slots=True)
class MetadataFacts:
    """What is said about a dataset."""

    has_keywords: bool = False
    has_theme: bool = False
    has_area: bool = False
    has_period: bool = False
    is_dcat_ap: bool = True
    """Its export keeps to DCAT-AP; the portal's own always does."""
    has_access_level: bool = False
    has_contact: bool = False
    has_publisher: bool = False
    has_issued: bool = False
    has_modified: bool = False
    distributions: tuple[DistributionFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class _Metric:
    """One thing that is measured; its name is the field of the facts."""

    dimension: Dimension
    points: int
    do: Saying
    """What brings the points."""


_F, _A, _I, _R, _C = Dimension
_OF_DATASET: Mapping[str, _Metric] = {
    "has_keywords": _Metric(_F, 30, say("Give it keywords that people would search for.")),
    "has_theme": _Metric(_F, 30, say("Choose a theme.")),
    "has_area": _Metric(_F, 20, say("Say which area it covers.")),
    "has_period": _Metric(_F, 20, say("Say from when to when it speaks.")),
    "is_dcat_ap": _Metric(_I, 30, say("Complete what DCAT-AP demands: title, description, publisher.")),
    "has_access_level": _Metric(_R, 15, say("Say who may see the rows.")),
    "has_contact": _Metric(_R, 20, say("Give an address for questions.")),
    "has_publisher": _Metric(_R, 10, say("Say which department answers for it.")),
    "has_issued": _Metric(_C, 5, say("Publish it: the day of publication is told then.")),
    "has_modified": _Metric(_C, 5, say("Bring an update: the day of the change is told then.")),
}
_OF_DISTRIBUTION: Mapping[str, _Metric] = {
    "access_works": _Metric(_A, 50, say("Bring the data here, or give an address that answers.")),
    "has_download": _Metric(_A, 20, say("Let the rows be downloaded.")),
    "download_works": _Metric(_A, 30, say("Make sure that the file can be fetched from its address.")),
    "has_format": _Metric(_I, 20, say("Say in which format the file is.")),
    "has_media_type": _Metric(_I, 10, say("Say the media type of the file.")),
    "is_from_vocabulary": _Metric(_I, 10, say("Name the format by the EU list of file types.")),
    "is_open_format": _Metric(_I, 20, say("Offer it in a format that belongs to nobody, such as CSV.")),
    "is_machine_readable": _Metric(
        _I, 20, say("Offer it as a table that programs can read, not as a document.")
    ),
    "has_licence": _Metric(_R, 20, say("Choose a licence.")),
    "has_known_licence": _Metric(_R, 10, say("Choose a licence from the list of the EU.")),
    "has_rights": _Metric(_C, 5, say("Say how the source is to be named.")),
    "has_size": _Metric(_C, 5, say("Say how large the file is.")),
}
MOST = sum(metric.points for metric in (*_OF_DATASET.values(), *_OF_DISTRIBUTION.values()))
"""405."""


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next, and what it brings."""

    do: Saying
    points: int
    dimension: Dimension


@dataclass(frozen=True, slots=True)
class Assessment:
    """The points of a description, and the way to all of them."""

    points: Mapping[Dimension, int]
    total: int
    rating: Rating
    steps: tuple[Step, ...]
    """What brings most first."""


def most_of(dimension: Dimension) -> int:
    """How many points a dimension has."""
    listed = (*_OF_DATASET.values(), *_OF_DISTRIBUTION.values())
    return sum(metric.points for metric in listed if metric.dimension is dimension)


def assess(facts: MetadataFacts) -> Assessment:
    """Points, rating and what to do."""
    best = max(facts.distributions, key=_worth, default=DistributionFacts())
    points = dict.fromkeys(Dimension, 0)
    steps = []
    for listed, has in ((_OF_DATASET, _asking(facts)), (_OF_DISTRIBUTION, _asking(best))):
        for name, metric in listed.items():
            if has(name):
                points[metric.dimension] += metric.points
            else:
                steps.append(Step(metric.do, metric.points, metric.dimension))
    total = sum(points.values())
    rating = next(rating for least, rating in _FROM if total >= least)
    return Assessment(points, total, rating, tuple(sorted(steps, key=lambda step: -step.points)))


def _worth(one: DistributionFacts) -> int:
    has = _asking(one)
    return sum(metric.points for name, metric in _OF_DISTRIBUTION.items() if has(name))


def _asking(facts: object) -> Callable[[str], bool]:
    return lambda name: bool(getattr(facts, name))
