# SPDX-License-Identifier: EUPL-1.2
"""Headers and bodies: which context a request means, what it may be answered with (clauses 6.3.4 to 6.3.6)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from stoa.standards.ngsild.failures import ErrorType, Failed, malformed, unfit

JSON = "application/json"
JSON_LD = "application/ld+json"
GEO_JSON = "application/geo+json"
MERGE_PATCH = "application/merge-patch+json"
CONTEXT_REL = "http://www.w3.org/ns/json-ld#context"
COUNT_HEADER = "NGSILD-Results-Count"
TENANT_HEADER = "NGSILD-Tenant"

_LINK = re.compile(r'\s*<([^<>\s]*)>((?:\s*;\s*[\w*!-]+\s*(?:=\s*(?:"[^"]*"|[^\s";,]+))?)*)\s*(?:,|$)')
_PARAMETER = re.compile(r';\s*([\w*!-]+)\s*(?:=\s*(?:"([^"]*)"|([^\s";,]+)))?')
MOST_HEADER_LETTERS = 8_000
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def read_json(raw: bytes) -> Any:
    """The value of a body; `Failed` (InvalidRequest) if it is no JSON, which NaN is not."""
    if _NUL.search(raw):
        raise malformed("The body holds the sign U+0000, which no text can keep")
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise malformed(f"The body is no JSON: {str(error)[:200]}") from error


def written(value: Any) -> bytes:
    """JSON as bytes."""
    return msgspec.json.encode(value)


def links(header: str) -> list[tuple[str, dict[str, str]]]:
    """The targets of a Link header with their parameters (RFC 8288)."""
    if len(header) > MOST_HEADER_LETTERS:
        raise malformed("The header Link is too long")
    found, place = [], 0
    while place < len(header):
        match = _LINK.match(header, place)
        if match is None:
            raise malformed("The header Link cannot be read")
        parameters = {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(match[2])}
        found.append((match[1], parameters))
        place = match.end()
    return found


def context_link(header: str) -> str:
    """The address of the context that a Link header names; empty without one."""
    named = [target for target, said in links(header) if said.get("rel") == CONTEXT_REL]
    if len(named) > 1:
        raise malformed("The header Link names more than one JSON-LD context")
    return named[0] if named else ""


def link_to(address: str) -> str:
    """A Link header that names a context."""
    return f'<{address}>; rel="{CONTEXT_REL}"; type="{JSON_LD}"'


def media_type(header: str) -> str:
    """A Content-Type without its parameters, in small letters."""
    return header.partition(";")[0].strip().lower()


def needs_body_type(header: str, allowed: Sequence[str] = (JSON, JSON_LD)) -> str:
    """The media type of a body; `Failed` with 415 if it is not one of those allowed."""
    found = media_type(header)
    if found not in allowed:
        wanted = ", ".join(allowed)
        raise Failed(ErrorType.INVALID_REQUEST, f"Content-Type must be one of: {wanted}", status=415)
    return found


def body_context(kind: str, body: dict[str, Any], link: str) -> Any:
    """The context of one document in a request's body; the document's own member is taken out of it."""
    own = body.pop("@context", None)
    if kind == JSON_LD:
        if link:
            raise unfit("With application/ld+json the @context stands in the body, not in the header Link")
        if own is None:
            raise unfit("With application/ld+json the body needs an @context")
        return own
    if own is not None:
        raise unfit(f"With {kind} the @context stands in the header Link, not in the body")
    return link or None


@dataclass(frozen=True, slots=True)
class _Wish:
    kind: str
    weight: float
    place: int


def accepted(header: str, offered: Sequence[str] = (JSON, JSON_LD)) -> str:
    """The media type to answer with; `Failed` with 406 if none offered is wanted (RFC 9110, 12.5.1)."""
    if len(header) > MOST_HEADER_LETTERS:
        raise malformed("The header Accept is too long")
    if not header.strip():
        return offered[0]
    wishes = [_wish(part, place) for place, part in enumerate(header.split(",")) if part.strip()]
    best = [(_weight(kind, wishes), -place, kind) for place, kind in enumerate(offered)]
    weight, _place, kind = max(best)
    if weight[0] <= 0:
        wanted = ", ".join(offered)
        raise Failed(ErrorType.INVALID_REQUEST, f"What can be had is: {wanted}", status=406)
    return kind


def _wish(part: str, place: int) -> _Wish:
    kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
    weight = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q" and re.fullmatch(r"\s*[01](\.\d{0,3})?\s*", value):
            weight = min(1.0, float(value))
    return _Wish(kind, weight, place)


def _weight(kind: str, wishes: list[_Wish]) -> tuple[float, int, int]:
    """How much a media type is wanted: its most exact wish counts; before others if it stands before them."""
    family = kind.partition("/")[0] + "/*"
    for exact, pattern in ((2, kind), (1, family), (0, "*/*")):
        for wish in wishes:
            if wish.kind == pattern:
                return (wish.weight, exact, -wish.place)
    return (0.0, 0, 0)


def range_header(shown: int, begins: str, ends: str) -> str:
    """The Content-Range of a temporal answer that was cut (clause 6.3.10): `DateTime from-to/size`."""
    return f"DateTime {begins}-{ends}/{shown}"
