# SPDX-License-Identifier: EUPL-1.2
"""Packages for every description that can be invented, ids that can be undone, parameters of every kind."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stoa.ground.geometry import Box
from stoa.standards.ckan import asked, envelope
from stoa.standards.ckan.identifiers import licence_code, licence_id, packages_of, resource_id
from stoa.standards.ckan.packages import (
    GroupFacts,
    OrganisationFacts,
    PackageFacts,
    ResourceFacts,
    package_dict,
)
from stoa.standards.ckan.problems import ActionFailed, BadRequest
from stoa.standards.vocabularies import LICENCES

CALMLY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine is no defect."""
CODES = ("csv", "xlsx", "geojson", "parquet")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
WORDS = st.text(max_size=30)


@CALMLY
@given(st.uuids(version=4), st.sampled_from(CODES))
def test_an_id_of_a_resource_leads_back_to_its_package_and_format(package: UUID, code: str) -> None:
    resource = resource_id(package, code)
    assert resource.version == 4
    assert resource.variant == package.variant
    assert resource != package
    assert packages_of(resource, CODES)[package] == code
    assert len({resource_id(package, one) for one in CODES}) == len(CODES)


PACKAGES = st.builds(
    PackageFacts,
    uid=st.uuids(version=4), slug=st.just("name"), title=WORDS, titles=st.dictionaries(WORDS, WORDS, max_size=3),
    notes=WORDS, notes_by_language=st.just({}), url=st.just("http://x/"), contact=WORDS,
    organisation=st.builds(OrganisationFacts, WORDS, WORDS, WORDS),
    group=st.none() | st.just(GroupFacts("ENVI", "E", "http://e")),
    keywords=st.lists(WORDS, max_size=5), licence=st.tuples(WORDS, WORDS, WORDS), licence_is_open=st.booleans(),
    is_private=st.booleans(), state=st.just("active"), created_at=st.datetimes(timezones=st.just(UTC)),
    modified_at=st.none() | st.datetimes(timezones=st.just(UTC)), box=st.none() | st.just(Box(7, 51, 8, 52)),
    resources=st.integers(0, 3).map(lambda n: [ResourceFacts(c, c, "x/y", "http://x", c) for c in CODES[:n]]),
    more=st.dictionaries(WORDS, WORDS, max_size=5),
)  # fmt: skip


@CALMLY
@given(PACKAGES)
def test_every_package_is_json_without_missing_keys(facts: PackageFacts) -> None:
    found = json.loads(envelope.written(package_dict(facts)))
    assert (found["num_resources"], found["num_tags"]) == (len(facts.resources), len(facts.keywords))
    assert [one["position"] for one in found["resources"]] == list(range(len(facts.resources)))
    keys = [one["key"] for one in found["extras"]]
    assert len(keys) == len(set(keys))
    assert all(isinstance(one["value"], str) for one in found["extras"])


def test_every_licence_is_known_again_by_the_id_that_packages_say() -> None:
    for code in LICENCES:
        assert licence_code(licence_id(code)) == code
        assert licence_code(code) == code
    assert licence_code("no such licence") is None


@CALMLY
@given(JSON)
def test_whatever_stands_in_a_parameter_is_read_or_named_as_wrong(value: Any) -> None:
    given_ = {"x": value}
    for read in (
        lambda: asked.text(given_, "x"), lambda: asked.needed(given_, "x"), lambda: asked.whole(given_, "x", 1),
        lambda: asked.yes(given_, "x"), lambda: asked.listed(given_, "x"), lambda: asked.mapping(given_, "x"),
        lambda: asked.entries(given_, "x", most=10), lambda: asked.listed_texts(given_, "x"),
    ):  # fmt: skip
        failed = _failure(read)
        assert failed is None or failed.status == 409
        assert failed is None or list(failed.members()) == ["__type", "x"]


def _failure(read: Callable[[], Any]) -> ActionFailed | None:
    try:
        read()
    except ActionFailed as failed:
        return failed
    return None


@CALMLY
@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_whatever_body_comes_there_are_parameters_or_a_bad_request(body: bytes) -> None:
    try:
        found: Any = envelope.parameters(body)
    except BadRequest as bad:
        found = bad
    assert isinstance(found, dict) or found.message.startswith("Bad request - ")


@pytest.mark.parametrize("name", ["a", "a.b", "$_1"])
def test_jsonp_calls_plain_names_only(name: str) -> None:
    assert envelope.script(name, '"</script>"') == f'/**/{name}("<\\/script>");'


@CALMLY
@given(st.text().filter(lambda text: not text.replace(".", "").replace("_", "").replace("$", "").isalnum()))
def test_jsonp_never_calls_anything_else(name: str) -> None:
    with pytest.raises(BadRequest):
        envelope.script(name, "1")
