# SPDX-License-Identifier: EUPL-1.2
"""JSON-LD contexts: from the short words of a document to IRIs and back (JSON-LD 1.1, NGSI-LD clauses 5.5.4 to 5.5.7).

Nothing is fetched here: `build` is handed a function that gives the document of an address. The core context stands
last, so it always wins. Scoped contexts inside a definition have no meaning for NGSI-LD and are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from stoa.standards.ngsild.core import CORE_CONTEXT, core_terms, is_core
from stoa.standards.ngsild.failures import Failed, unfit

MOST_ADDRESSES = 20
MOST_DEPTH = 8
MOST_TERMS = 20_000
MOST_LETTERS = 2_000
Find = Callable[[str], Any]
"""Gives the JSON of an address; raises `Failed` (LdContextNotAvailable) where it cannot."""

_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:")
_KEYWORD = re.compile(r"^@[A-Za-z]+$")
_DELIMITERS = ":/?#[]@"


class Context:
    """A context ready for use; immutable once built."""

    __slots__ = ("_compacted", "_expanded", "_inverse", "_prefixes", "_terms", "_vocabulary", "source")

    def __init__(self, terms: Mapping[str, str | None], prefixes: Mapping[str, str], source: Any) -> None:
        self.source = source
        """What a reply names as its context: an address, or a list of addresses and objects."""
        self._terms, self._prefixes = terms, prefixes
        self._vocabulary = _core()["@vocab"]
        self._inverse: dict[str, str] = {}
        for term in sorted(terms, key=lambda name: (name not in _core(), len(name), name)):
            meaning = terms[term]
            if meaning is not None and not meaning.startswith("@"):
                self._inverse.setdefault(meaning, term)
        self._expanded: dict[str, str] = {}
        self._compacted: dict[str, str] = {}

    def expand(self, name: str) -> str:
        """The IRI of a term, a compact IRI or an IRI; `Failed` if the context says that it means nothing."""
        found = self._expanded.get(name)
        if found is None:
            found = self._expand(name)
            if len(self._expanded) < MOST_TERMS:
                self._expanded[name] = found
        return found

    def _expand(self, name: str) -> str:
        if len(name) > MOST_LETTERS:
            raise unfit("A name is too long")
        if name in self._terms:
            meaning = self._terms[name]
            if meaning is None or meaning.startswith("@"):
                raise unfit(f"The @context gives “{name[:80]}” no meaning of its own")
            return meaning
        return _compact_expanded(name, self._prefixes) or self._vocabulary + name

    def compact(self, iri: str) -> str:
        """The shortest name for an IRI that expands to it again."""
        found = self._compacted.get(iri)
        if found is None:
            found = self._compact(iri)
            if len(self._compacted) < MOST_TERMS:
                self._compacted[iri] = found
        return found

    def _compact(self, iri: str) -> str:
        if iri in self._inverse:
            return self._inverse[iri]
        if iri.startswith(self._vocabulary):
            short = iri[len(self._vocabulary) :]
            if short and self._means(short, iri):
                return short
        found = [
            f"{prefix}:{iri[len(meaning) :]}"
            for prefix, meaning in self._prefixes.items()
            if iri.startswith(meaning) and iri != meaning
        ]
        found = [name for name in found if self._means(name, iri)]
        return min(found, key=lambda name: (len(name), name), default=iri)

    def _means(self, name: str, iri: str) -> bool:
        try:
            return self._expand(name) == iri
        except Failed:
            return False


def _compact_expanded(name: str, prefixes: Mapping[str, str]) -> str:
    """The IRI of a compact IRI or of an IRI; empty if the name is neither."""
    prefix, colon, rest = name.partition(":")
    if not colon:
        return ""
    if prefix in prefixes and not rest.startswith("//"):
        return prefixes[prefix] + rest
    return name if prefix == "_" or _SCHEME.match(name) else ""


@cache
def _core() -> Mapping[str, str]:
    """Terms of the core context with their IRIs, and `@vocab`."""
    table = core_terms()
    builder = _Builder(lambda address: table)
    builder.take(table)
    found = {name: meaning for name, meaning in builder.terms.items() if meaning is not None}
    return found | {"@vocab": table["@vocab"]}


class _Builder:
    """Reads the parts of a context one after the other; later ones win."""

    def __init__(self, find: Find) -> None:
        self.terms: dict[str, str | None] = {}
        self.prefixes: dict[str, str] = {}
        self._find = find
        self._left = MOST_ADDRESSES

    def read(self, value: Any, depth: int = 0) -> None:
        if depth > MOST_DEPTH:
            raise unfit("The @context is nested too deeply")
        if isinstance(value, list):
            for part in value:
                self.read(part, depth + 1)
        elif isinstance(value, str):
            self._read_address(value, depth)
        elif isinstance(value, dict):
            if "@context" in value:
                self.read(value["@context"], depth + 1)
            else:
                self.take(value)
        elif value is not None:
            raise unfit("An @context is an address, an object or a list of these")

    def _read_address(self, address: str, depth: int) -> None:
        if is_core(address):
            return
        if not address.startswith(("http://", "https://")) or len(address) > MOST_LETTERS:
            raise unfit(f"“{address[:200]}” is no address of an @context")
        self._left -= 1
        if self._left < 0:
            raise unfit(f"At most {MOST_ADDRESSES} addresses of an @context are followed")
        document = self._find(address)
        self.read(
            document["@context"] if isinstance(document, dict) and "@context" in document else document,
            depth + 1,
        )

    def take(self, table: Mapping[str, Any]) -> None:
        if len(self.terms) + len(table) > MOST_TERMS:
            raise unfit(f"An @context has at most {MOST_TERMS} terms")
        begun: set[str] = set()
        done: set[str] = set()
        for term in table:
            if not _KEYWORD.match(term):
                self._define(term, table, (begun, done))

    def _define(self, term: str, table: Mapping[str, Any], progress: tuple[set[str], set[str]]) -> None:
        begun, done = progress
        if term in done:
            return
        if term in begun or len(begun) - len(done) > 50:
            raise unfit(f"The @context defines “{term[:80]}” by itself")
        begun.add(term)
        definition = table[term]
        is_simple = isinstance(definition, str)
        if isinstance(definition, dict):
            meaning = definition.get("@id", term if ":" in term or "/" in term else _missing(term))
        elif is_simple or definition is None:
            meaning = definition
        else:
            raise unfit(f"The @context defines “{term[:80]}” by what is neither text nor object")
        self._set(term, meaning, (definition, table, progress))
        done.add(term)

    def _set(self, term: str, meaning: Any, where: tuple[Any, Mapping[str, Any], Any]) -> None:
        definition, table, progress = where
        self.prefixes.pop(term, None)
        if meaning is None:
            self.terms[term] = None
            return
        if not isinstance(meaning, str) or not 0 < len(meaning) <= MOST_LETTERS:
            raise unfit(f"The @context defines “{term[:80]}” by what is no IRI")
        iri = meaning if _KEYWORD.match(meaning) else self._resolved(meaning, term, (table, progress))
        self.terms[term] = iri
        is_simple = isinstance(definition, str) and iri[-1:] in _DELIMITERS
        is_said = isinstance(definition, dict) and definition.get("@prefix") is True
        if (is_simple or is_said) and ":" not in term and "/" not in term and not iri.startswith("@"):
            self.prefixes[term] = iri

    def _resolved(self, meaning: str, term: str, where: tuple[Mapping[str, Any], Any]) -> str:
        """The IRI of what a definition says, which may use other words of the same table."""
        table, progress = where
        if meaning != term and meaning in table:
            self._define(meaning, table, progress)
        if meaning != term and self.terms.get(meaning):
            return str(self.terms[meaning])
        prefix = meaning.partition(":")[0]
        if prefix != meaning and prefix in table and prefix != term:
            self._define(prefix, table, progress)
        return _compact_expanded(meaning, self.prefixes) or str(core_terms()["@vocab"]) + meaning


def _missing(term: str) -> str:
    """A definition without `@id` is what the vocabulary makes of the term (JSON-LD 1.1 API, 4.2.2)."""
    return str(core_terms()["@vocab"]) + term


def build(value: Any, find: Find) -> Context:
    """The context that a request names: an address, an object, a list of these, or None for the core context alone."""
    builder = _Builder(find)
    builder.read(value)
    core = _core()
    terms = builder.terms | {name: meaning for name, meaning in core.items() if name != "@vocab"}
    prefixes = {name: iri for name, iri in builder.prefixes.items() if name not in core}
    prefixes |= {"ngsi-ld": core["ngsi-ld"], "geojson": core["geojson"]}
    return Context(terms, prefixes, _named(value))


def _named(value: Any) -> Any:
    """What a reply says of its context: the user's own, then the core."""
    parts = value if isinstance(value, list) else [] if value is None else [value]
    own = [part for part in parts if not (isinstance(part, str) and is_core(part)) and part]
    return [*own, CORE_CONTEXT] if own else CORE_CONTEXT


def addresses_of(value: Any) -> list[str]:
    """All addresses that a context names directly, without the core's."""
    if isinstance(value, str):
        return [] if is_core(value) else [value]
    if isinstance(value, dict):
        return addresses_of(value.get("@context"))
    return [found for part in value for found in addresses_of(part)] if isinstance(value, list) else []


def checked(document: Any) -> dict[str, Any]:
    """A context document that somebody wants to have kept: an object with `@context` that can be read."""
    if not isinstance(document, dict) or "@context" not in document:
        raise unfit("A context document is an object with the member @context")
    return document


@cache
def core() -> Context:
    """The core context alone."""
    return build(None, lambda address: {})
