# SPDX-License-Identifier: EUPL-1.2
"""Writings: what each of them makes of an entity."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.standards.ngsild import changes, contexts, parsing, rendering
from stoa.standards.ngsild.batches import BatchResult, repeated
from stoa.standards.ngsild.changes import Changed
from stoa.standards.ngsild.failures import Failed, missing, unfit
from stoa.standards.ngsild.kinds import NULL, Entity
from stoa.standards.ngsild.parsing import Style
from stoa.standards.ngsild.rendering import Form, Wanted

CORE = contexts.core()
THEN, NOW = "2026-01-01T00:00:00Z", "2026-02-02T00:00:00Z"
DATASET = "urn:ngsi-ld:Dataset:1"


def existing(**attributes: Any) -> Entity:
    return changes.created(
        parsing.entity({"id": "urn:x:1", "type": "Room", "scope": "/a", **attributes}, CORE), THEN
    )


def part(document: dict[str, Any], **style: Any) -> Entity:
    return parsing.fragment(document, CORE, Style(**style), id="urn:x:1")


def simple(found: Changed | Entity) -> dict[str, Any]:
    whole = found.entity if isinstance(found, Changed) else found
    return rendering.entity(
        whole, CORE, Wanted(form=Form.SIMPLIFIED, omit=frozenset({"id", "type", "scope"}))
    )


def names(found: tuple[str, ...]) -> list[str]:
    return [CORE.compact(name) for name in found]


def test_a_new_entity_and_all_its_parts_have_their_times() -> None:
    entity = existing(a={"value": 1, "b": 2})
    (attribute,) = entity.attributes[CORE.expand("a")]
    assert entity.created_at == entity.modified_at == attribute["createdAt"] == THEN
    assert attribute[CORE.expand("b")][0]["modifiedAt"] == THEN
    told = rendering.entity(entity, CORE, Wanted(has_system=True))
    assert told["a"]["b"]["createdAt"] == THEN
    assert "createdAt" not in str(rendering.entity(entity, CORE))


def test_appending_overwrites_unless_told_not_to() -> None:
    old = existing(a=1, b=2)
    found = changes.appended(old, part({"b": 3, "c": 4, "type": "Hall", "scope": "/b"}), NOW)
    assert simple(found) == {"a": 1, "b": 3, "c": 4}
    assert names(found.entity.types) == ["Room", "Hall"]
    assert found.entity.scopes == ("/a", "/b")
    assert found.entity.created_at == THEN
    assert found.entity.modified_at == NOW
    assert found.entity.attributes[CORE.expand("b")][0]["createdAt"] == THEN
    kept = changes.appended(old, part({"b": 3, "c": 4}), NOW, overwrites=False)
    assert simple(kept) == {"a": 1, "b": 2, "c": 4}
    assert changes.update_result(kept, CORE.compact)["updated"] == ["c"]
    assert [told["attributeName"] for told in changes.update_result(kept, CORE.compact)["notUpdated"]] == [
        "b"
    ]


def test_updating_reaches_only_what_is_there() -> None:
    found = changes.updated(existing(a=1, b=2), part({"a": 9, "z": 1}), NOW)
    assert simple(found) == {"a": 9, "b": 2}
    assert list(map(CORE.compact, found.not_updated)) == ["z"]


def test_another_dataset_is_another_instance() -> None:
    old = existing(a=[{"value": 1}, {"value": 2, "datasetId": DATASET}])
    found = changes.updated(old, part({"a": {"value": 3, "datasetId": DATASET}}), NOW)
    assert simple(found) == {"a": {"dataset": {"@none": 1, DATASET: 3}}}
    gone = changes.removed(old, CORE.expand("a"), NOW, dataset=DATASET)
    assert simple(gone) == {"a": 1}
    assert simple(changes.removed(old, CORE.expand("a"), NOW, everything=True)) == {}
    with pytest.raises(Failed) as failed:
        changes.removed(old, CORE.expand("a"), NOW, dataset="urn:x:other")
    assert failed.value.status == 404


def test_replacing_leaves_nothing_of_the_old_but_its_birth() -> None:
    found = changes.replaced(
        existing(a=1, b=2), parsing.entity({"id": "urn:x:1", "type": "Hall", "b": 5}, CORE), NOW
    )
    assert simple(found) == {"b": 5}
    assert names(found.deleted) == ["a"]
    assert found.entity.created_at == THEN
    assert found.entity.scopes == ()


def test_a_merge_changes_members_and_null_takes_away() -> None:
    old = existing(
        a={"value": {"x": 1, "y": {"z": 2}}, "unitCode": "CEL", "observedAt": THEN, "sub": 1},
        b=2,
        c={"languageMap": {"de": "Saal", "en": "Hall"}},
        d={"object": "urn:x:2"},
    )
    change = {
        "a": {"value": {"y": {"z": NULL, "w": 3}}, "unitCode": NULL, "sub": NULL},
        "b": NULL,
        "c": {"languageMap": {"en": NULL, "fr": "Salle"}},
        "d": {"type": "Relationship", "object": NULL},
        "new": 7,
        "never": NULL,
    }
    before = copy.deepcopy(old)
    found = changes.merged(old, part(change, may_remove=True, may_lack_value=True), NOW)
    assert simple(found) == {
        "a": {"x": 1, "y": {"w": 3}},
        "c": {"languageMap": {"de": "Saal", "fr": "Salle"}},
        "new": 7,
    }
    (attribute,) = found.entity.attributes[CORE.expand("a")]
    assert "unitCode" not in attribute
    assert CORE.expand("sub") not in attribute
    assert sorted(names(found.deleted)) == ["b", "d"]
    assert old == before, "nothing is changed in place"


def test_a_merge_may_say_when_and_in_which_language() -> None:
    old = existing(a={"value": 1, "observedAt": THEN}, b=1, c={"languageMap": {"de": "Saal", "en": "Hall"}})
    found = changes.merged(
        old,
        part({"a": 2, "b": 2, "c": "Room"}, may_remove=True),
        NOW,
        observed_at="2026-03-03T00:00:00Z",
        language="en",
    )
    attributes = found.entity.attributes
    assert attributes[CORE.expand("a")][0]["observedAt"] == "2026-03-03T00:00:00Z"
    assert "observedAt" not in attributes[CORE.expand("b")][0]
    assert attributes[CORE.expand("c")][0]["languageMap"] == {"de": "Saal", "en": "Room"}


def test_part_of_an_attribute_changes_and_the_rest_stays() -> None:
    old = existing(a={"value": 1, "unitCode": "CEL", "sub": 1})
    name = CORE.expand("a")
    (change,) = parsing.one_attribute(
        {"value": 2}, CORE, Style(may_lack_value=True, may_remove=True), ("a", name)
    )
    found = changes.partly_updated(old, name, change, NOW)
    (attribute,) = found.entity.attributes[name]
    assert (attribute["value"], attribute["unitCode"], attribute["createdAt"]) == (2, "CEL", THEN)
    (other,) = parsing.one_attribute({"observedAt": NOW}, CORE, Style(may_lack_value=True), ("a", name))
    assert changes.partly_updated(old, name, other, NOW).entity.attributes[name][0]["observedAt"] == NOW
    with pytest.raises(Failed) as failed:
        changes.partly_updated(old, CORE.expand("z"), change, NOW)
    assert failed.value.status == 404


def _slow_patch(target: Any, patch: Any) -> Any:
    """RFC 7396, as its text has it."""
    if not isinstance(patch, dict):
        return patch
    if not isinstance(target, dict):
        target = {}
    for name, value in patch.items():
        if value is None or value == NULL:
            if name in target:
                del target[name]
        else:
            target[name] = _slow_patch(target.get(name), value)
    return target


_JSON = st.recursive(
    st.integers() | st.none() | st.just(NULL) | st.lists(st.integers(), max_size=2),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(_JSON, _JSON)
def test_values_merge_as_the_rfc_says(old: Any, new: Any) -> None:
    assert changes.merged_value(old, new) == _slow_patch(copy.deepcopy(old), copy.deepcopy(new))


def test_a_batch_tells_what_became_of_each() -> None:
    found = BatchResult(success=["urn:x:1", "urn:x:2"], created=["urn:x:1"])
    assert found.answer(tells_created=True) == (201, ["urn:x:1"])
    assert found.answer(tells_created=False) == (204, None)
    found.errors.append(("urn:x:3", missing("There is none")))
    status, body = found.answer(tells_created=True)
    assert status == 207
    assert body["success"] == ["urn:x:1", "urn:x:2"]
    assert body["errors"][0]["entityId"] == "urn:x:3"
    assert body["errors"][0]["error"]["type"] == "https://uri.etsi.org/ngsi-ld/errors/ResourceNotFound"
    assert body["errors"][0]["error"]["status"] == 404
    assert repeated(["a", "b", "a"]) == {"a"}


def test_a_body_for_another_id_is_refused() -> None:
    with pytest.raises(Failed) as failed:
        part({"id": "urn:x:2"})
    assert failed.value.kind is unfit("").kind
