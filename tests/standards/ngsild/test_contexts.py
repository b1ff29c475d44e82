# SPDX-License-Identifier: EUPL-1.2
"""Words to IRIs and back: against PyLD, and against the published core context where it lies beside us."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld

from stoa.standards.ngsild import contexts
from stoa.standards.ngsild.core import CORE_CONTEXT, DEFAULT_VOCABULARY, core_terms, is_core
from stoa.standards.ngsild.failures import ErrorType, Failed

SHARED = Path(__file__).parents[4] / "shared"
PUBLISHED = SHARED / "schemas" / "ngsi-ld" / "ngsi-ld-core-context-v1.9.jsonld"


def nowhere(address: str) -> Any:
    raise AssertionError(f"nobody asked for {address}")


def build(value: Any, documents: dict[str, Any] | None = None) -> contexts.Context:
    return contexts.build(value, (documents or {}).__getitem__ if documents else nowhere)


@pytest.mark.real
@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published core context is not beside this checkout")
def test_our_table_of_core_terms_says_what_the_published_one_says() -> None:
    published = json.loads(PUBLISHED.read_text(encoding="utf-8"))["@context"]
    ours = core_terms()
    # The proof's own scoped context is the one thing that NGSI-LD documents here never hold.
    different = {name for name in published | ours if published.get(name) != ours.get(name)}
    assert different == {"@version", "@protected", "ngsildproof"}


def test_a_word_nobody_defined_goes_to_the_default_vocabulary_and_comes_back() -> None:
    iri = contexts.core().expand("temperature")
    assert iri == DEFAULT_VOCABULARY + "temperature"
    assert contexts.core().compact(iri) == "temperature"


def test_the_core_context_always_wins() -> None:
    context = build([{"location": "http://example.org/place", "@vocab": "http://example.org/"}])
    assert context.expand("location") == "https://uri.etsi.org/ngsi-ld/location"
    assert context.expand("anything").startswith(DEFAULT_VOCABULARY)


def test_contexts_of_others_are_followed_and_the_last_word_counts() -> None:
    documents = {
        "https://a.example/c": {"@context": ["https://b.example/c", {"name": "https://a.example/name"}]},
        "https://b.example/c": {
            "@context": {"name": "https://b.example/name", "pet": "https://b.example/pet"}
        },
    }
    context = build(["https://a.example/c"], documents)
    assert context.expand("name") == "https://a.example/name"
    assert context.compact("https://b.example/pet") == "pet"
    assert context.source == ["https://a.example/c", CORE_CONTEXT]


def test_two_contexts_that_call_each_other_end() -> None:
    documents = {
        "https://a.example/": {"@context": "https://b.example/"},
        "https://b.example/": {"@context": "https://a.example/"},
    }
    with pytest.raises(Failed) as failed:
        build("https://a.example/", documents)
    assert failed.value.kind is ErrorType.BAD_REQUEST_DATA


@pytest.mark.parametrize(
    "value",
    [
        17,
        "file:///etc/passwd",
        {"a": 5},
        {"a": {"@id": 7}},
        {"a": "b:x", "b": "a:y"},
        {"a": ""},
        {f"t{n}": "http://e.org/" for n in range(contexts.MOST_TERMS + 1)},
        [[[[[[[[[[{}]]]]]]]]]],
        [f"https://e.org/{n}" for n in range(contexts.MOST_ADDRESSES + 1)],
    ],
)
def test_what_is_no_context_or_too_much_of_one_is_refused(value: Any) -> None:
    with pytest.raises(Failed) as failed:
        contexts.build(value, lambda address: {"@context": {}})
    assert failed.value.status == 400


def test_a_word_that_the_context_takes_its_meaning_is_refused() -> None:
    with pytest.raises(Failed):
        build({"secret": None}).expand("secret")


@pytest.mark.parametrize("version", ["", "-v1.3", "-v1.8"])
def test_every_version_of_the_core_context_is_known_without_fetching_it(version: str) -> None:
    address = f"https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context{version}.jsonld"
    assert is_core(address)
    assert build([address]).source == CORE_CONTEXT


_WORDS = ["alpha", "beta", "gamma", "delta", "ex", "wide"]
_MEANINGS = st.sampled_from(
    [
        "http://e.org/alpha",
        "http://e.org/",
        "http://e.org/wide#",
        "ex:one",
        "wide:two",
        "http://e.org/wide#three",
    ]
)
_DEFINITIONS = st.one_of(
    _MEANINGS,
    st.builds(lambda iri: {"@id": iri}, _MEANINGS),
    st.builds(
        lambda iri: {"@id": iri, "@prefix": True}, st.sampled_from(["http://e.org/", "http://e.org/x"])
    ),
)


@st.composite
def tables(draw: st.DrawFn) -> dict[str, Any]:
    table: dict[str, Any] = draw(st.dictionaries(st.sampled_from(_WORDS[:4]), _DEFINITIONS, max_size=4))
    return table | {"ex": "http://ex.org/", "wide": {"@id": "http://wide.org/", "@prefix": True}}


@settings(max_examples=60, deadline=None)
@given(
    tables(),
    st.sampled_from([*_WORDS[:4], "ex:thing", "wide:thing", "other", "http://e.org/full", "location"]),
)
def test_words_expand_as_pyld_expands_them_and_come_back(table: dict[str, Any], word: str) -> None:
    context = build([table])
    iri = context.expand(word)
    core = {"@context": core_terms()}
    found = jsonld.expand({"@context": [table, core["@context"]], word: {"type": "Property"}})
    assert [name for name in found[0] if not name.startswith("@")] == [iri]
    assert context.expand(context.compact(iri)) == iri


def test_an_iri_is_never_shortened_to_a_word_that_means_something_else() -> None:
    context = build([{"temperature": "https://other.example/temperature"}])
    for iri in (DEFAULT_VOCABULARY + "temperature", DEFAULT_VOCABULARY + "urn:x"):
        assert context.compact(iri).startswith("ngsi-ld:default-context/")
        assert context.expand(context.compact(iri)) == iri
