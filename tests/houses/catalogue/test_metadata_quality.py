# SPDX-License-Identifier: EUPL-1.2
"""Points for a description: as the European data portal counts them, by the slow way and by the fast."""

from __future__ import annotations

from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from stoa.houses.catalogue.rules.metadata_quality import (
    MOST,
    Dimension,
    DistributionFacts,
    MetadataFacts,
    Rating,
    assess,
    most_of,
)

FLAGS = st.booleans()
DISTRIBUTIONS = st.builds(DistributionFacts, *(FLAGS for _ in fields(DistributionFacts)))
FACTS = st.builds(MetadataFacts, *(FLAGS for _ in range(10)), st.lists(DISTRIBUTIONS, max_size=3).map(tuple))


def of_distribution(one: DistributionFacts) -> dict[Dimension, int]:
    """The table of the assessment's method page, written out."""
    return {
        Dimension.FINDABILITY: 0,
        Dimension.ACCESSIBILITY: 50 * one.access_works + 20 * one.has_download + 30 * one.download_works,
        Dimension.INTEROPERABILITY: 20 * one.has_format
        + 10 * one.has_media_type
        + 10 * one.is_from_vocabulary
        + 20 * one.is_open_format
        + 20 * one.is_machine_readable,
        Dimension.REUSABILITY: 20 * one.has_licence + 10 * one.has_known_licence,
        Dimension.CONTEXTUALITY: 5 * one.has_rights + 5 * one.has_size,
    }


def of_dataset(facts: MetadataFacts) -> dict[Dimension, int]:
    return {
        Dimension.FINDABILITY: 30 * facts.has_keywords
        + 30 * facts.has_theme
        + 20 * facts.has_area
        + 20 * facts.has_period,
        Dimension.ACCESSIBILITY: 0,
        Dimension.INTEROPERABILITY: 30 * facts.is_dcat_ap,
        Dimension.REUSABILITY: 15 * facts.has_access_level
        + 20 * facts.has_contact
        + 10 * facts.has_publisher,
        Dimension.CONTEXTUALITY: 5 * facts.has_issued + 5 * facts.has_modified,
    }


@given(FACTS)
def test_the_points_are_those_of_the_method(facts: MetadataFacts) -> None:
    best = max([sum(of_distribution(one).values()) for one in facts.distributions], default=0)
    found = assess(facts)
    assert found.total == sum(found.points.values()) == sum(of_dataset(facts).values()) + best
    assert found.points[Dimension.FINDABILITY] == of_dataset(facts)[Dimension.FINDABILITY]


@given(FACTS)
def test_the_steps_lead_to_all_points_and_the_largest_comes_first(facts: MetadataFacts) -> None:
    found = assess(facts)
    gains = [step.points for step in found.steps]
    assert found.total + sum(gains) == MOST == 405
    assert gains == sorted(gains, reverse=True)
    for dimension in Dimension:
        left = sum(step.points for step in found.steps if step.dimension is dimension)
        assert found.points[dimension] + left == most_of(dimension)


@given(FACTS)
def test_the_rating_follows_the_total(facts: MetadataFacts) -> None:
    found = assess(facts)
    expected = (
        Rating.EXCELLENT if found.total > 350 else Rating.GOOD if found.total > 220
        else Rating.SUFFICIENT if found.total > 120 else Rating.BAD
    )  # fmt: skip
    assert found.rating is expected


def test_the_dimensions_have_the_points_of_the_method() -> None:
    assert [most_of(one) for one in Dimension] == [100, 100, 110, 75, 20]
