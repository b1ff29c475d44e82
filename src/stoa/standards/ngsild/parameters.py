# SPDX-License-Identifier: EUPL-1.2
"""What a request for entities asks: from the parameters of an address, or from a Query document (clauses 5.7, 6.4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from stoa.ground.conditions import Call, Literal, Node, Path, all_of
from stoa.standards.ngsild import asking, places, selectors
from stoa.standards.ngsild.contexts import Context
from stoa.standards.ngsild.failures import ErrorType, Failed, malformed, unfit
from stoa.standards.ngsild.kinds import SYSTEM, uri
from stoa.standards.ngsild.parsing import checked_name
from stoa.standards.ngsild.patterns import checked_pattern
from stoa.standards.ngsild.rendering import Form, Wanted

MOST_RESULTS = 1_000
USUAL_RESULTS = 20
MOST_OFFSET = 1_000_000
MOST_IDS = 1_000
MOST_NAMES = 500

SHOWING = frozenset(
    {"attrs", "pick", "omit", "options", "format", "lang", "geometryProperty", "datasetId", "join", "joinLevel",
     "containedBy", "local", "jsonKeys"}
)  # fmt: skip
"""Parameters that say how entities are shown."""
CHOOSING = frozenset(
    {"id", "type", "idPattern", "q", "csf", "georel", "geometry", "coordinates", "geoproperty", "scopeQ",
     "expandValues", "limit", "offset", "count"}
)  # fmt: skip
"""Parameters that say which entities."""
_FORMS = {
    "normalized": Form.NORMALIZED,
    "concise": Form.CONCISE,
    "keyValues": Form.SIMPLIFIED,
    "simplified": Form.SIMPLIFIED,
}
_ENTITY_MEMBERS = frozenset({"id", "type", "scope", *SYSTEM})
Asked = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Selector:
    """Entities by id, by pattern of the id and by type; all that is said must hold."""

    ids: tuple[str, ...] = ()
    id_pattern: str = ""
    types: Node | None = None

    def condition(self) -> Node | None:
        path = Path(("id",))
        parts: list[Node] = [self.types] if self.types else []
        if self.ids:
            wanted = [Call("eq", (path, Literal(one))) for one in self.ids]
            parts.append(wanted[0] if len(wanted) == 1 else Call("or", tuple(wanted)))
        if self.id_pattern:
            parts.append(Call("matches", (path, Literal(self.id_pattern))))
        return all_of(parts)


@dataclass(frozen=True, slots=True)
class EntityQuery:
    """Which entities, how many, and how they are shown."""

    selectors: tuple[Selector, ...] = ()
    """One of them must hold; none means every entity."""
    attributes: tuple[str, ...] = ()
    """The entity has one of these at least (IRIs)."""
    q: Node | None = None
    place: Node | None = None
    scope: Node | None = None
    wanted: Wanted = field(default_factory=Wanted)
    limit: int = USUAL_RESULTS
    offset: int = 0
    has_count: bool = False
    is_local: bool = False
    join: str = ""
    """`inline`, `flat` or empty: whether things that are pointed to come along."""
    join_level: int = 1
    linked: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What to show of things pointed to, by the relationship's IRI (`pick=isParked{name}`)."""
    contained_by: tuple[str, ...] = ()

    @property
    def condition(self) -> Node | None:
        """Everything that must hold, as one condition."""
        several = [found for one in self.selectors if (found := one.condition()) is not None]
        parts = [several[0] if len(several) == 1 else Call("or", tuple(several))] if several else []
        if self.attributes:
            wanted = tuple(Call("exists", (Path((name,)),)) for name in self.attributes)
            parts.append(wanted[0] if len(wanted) == 1 else Call("or", wanted))
        return all_of(parts + [part for part in (self.q, self.place, self.scope) if part is not None])


def single(values: Mapping[str, list[str]], allowed: frozenset[str]) -> dict[str, str]:
    """Each parameter with its one value; `Failed` for an unknown one and for one said twice."""
    for name, said in values.items():
        if name not in allowed:
            raise malformed(f"There is no parameter “{name[:60]}” here")
        if len(said) != 1:
            raise malformed(f"The parameter “{name[:60]}” is said more than once")
        if "\0" in said[0]:
            raise malformed(f"The parameter “{name[:60]}” holds a sign that no text can keep")
    return {name: said[0] for name, said in values.items()}


def listed(text: str, what: str) -> list[str]:
    """The parts of a list with commas; none of them empty."""
    found = [part.strip() for part in text.split(",")]
    if not all(found) or len(found) > MOST_NAMES:
        raise malformed(f"{what} is a list with commas, without empty parts")
    return found


def options(asked: Asked, allowed: frozenset[str]) -> frozenset[str]:
    """The words of `options` and `format`; `Failed` for one that is not known here."""
    said = asked.get("options", "")
    words = set(listed(said, "options")) if said else set()
    if form := asked.get("format"):
        words.add(form)
    unknown = sorted(words - allowed)
    if unknown:
        raise malformed(f"There is no option “{unknown[0][:60]}” here")
    return frozenset(words)


def form_of(words: frozenset[str]) -> Form:
    """The form that options name; the last of the list in the standard wins."""
    return next(
        (_FORMS[name] for name in ("keyValues", "simplified", "concise") if name in words), Form.NORMALIZED
    )


ENTITY_OPTIONS = frozenset({*_FORMS, "sysAttrs"})


def flag(asked: Asked, name: str) -> bool:
    text = asked.get(name, "false")
    if text not in {"true", "false"}:
        raise malformed(f"{name} is true or false")
    return text == "true"


def number(asked: Asked, name: str, usual: int, most: int) -> int:
    text = asked.get(name, str(usual))
    if not re.fullmatch(r"\d{1,9}", text):
        raise malformed(f"{name} is a whole number")
    if int(text) > most:
        raise Failed(ErrorType.TOO_MANY_RESULTS, f"{name} is at most {most}")
    return int(text)


def wanted_of(asked: Asked, context: Context) -> tuple[Wanted, dict[str, frozenset[str]]]:
    """How entities are shown, and what of the things they point to."""
    words = options(asked, ENTITY_OPTIONS)
    if "attrs" in asked and ("pick" in asked or "omit" in asked):
        raise malformed("attrs cannot stand beside pick or omit")
    pick, linked = projection(asked.get("pick", ""), context, "pick")
    omit, _below = projection(asked.get("omit", ""), context, "omit")
    if pick & omit:
        raise malformed("The same name stands in pick and in omit")
    datasets = frozenset(listed(asked["datasetId"], "datasetId")) if "datasetId" in asked else frozenset()
    place = asked.get("geometryProperty", "")
    wanted = Wanted(
        form=form_of(words),
        has_system="sysAttrs" in words,
        attributes=frozenset(names_of(asked["attrs"], context, "attrs")) if "attrs" in asked else frozenset(),
        pick=pick,
        omit=omit,
        datasets=datasets,
        language=asked.get("lang", "")[:200],
        geometry=context.expand(checked_name(place)) if place else "",
    )
    return wanted, linked


def names_of(text: str, context: Context, what: str) -> list[str]:
    """A list of names of attributes as IRIs."""
    return [context.expand(_name(name, what)) for name in listed(text, what)]


def _name(name: str, what: str) -> str:
    try:
        return checked_name(name)
    except Failed as failed:
        raise malformed(f"{what}: {failed.detail}") from failed


def projection(text: str, context: Context, what: str) -> tuple[frozenset[str], dict[str, frozenset[str]]]:
    """The names in `pick` or `omit` (clause 4.21), and below a relationship those in its braces."""
    found: set[str] = set()
    below: dict[str, frozenset[str]] = {}
    for part in _outside_braces(text, what):
        name, brace, inner = part.partition("{")
        iri = name if name in _ENTITY_MEMBERS else context.expand(_name(name, what))
        found.add(iri)
        if brace:
            if not inner.endswith("}") or "{" in inner:
                raise malformed(f"{what} has braces that do not fit")
            below[iri] = projection(inner[:-1], context, what)[0]
    return frozenset(found), below


def _outside_braces(text: str, what: str) -> list[str]:
    if not text:
        return []
    parts = re.split(r",(?![^{}]*\})", text)
    if len(parts) > MOST_NAMES or not all(part.strip() for part in parts):
        raise malformed(f"{what} is a list with commas, without empty parts")
    return [part.strip() for part in parts]


def retrieval(
    values: Mapping[str, list[str]], context: Context, more: frozenset[str] = frozenset()
) -> EntityQuery:
    """What a request for one entity asks."""
    asked = single(values, SHOWING | more)
    wanted, linked = wanted_of(asked, context)
    return _joined(EntityQuery(wanted=wanted, linked=linked, is_local=flag(asked, "local")), asked)


def query(
    values: Mapping[str, list[str]], context: Context, more: frozenset[str] = frozenset()
) -> EntityQuery:
    """What a request for many entities asks; `Failed` (BadRequestData) if it asks for everything."""
    asked = single(values, SHOWING | CHOOSING | more)
    wanted, linked = wanted_of(asked, context)
    attributes = names_of(asked["attrs"], context, "attrs") if "attrs" in asked else []
    found = EntityQuery(
        selectors=_selectors(asked, context),
        attributes=tuple(attributes),
        q=_q(asked, context),
        place=_place(asked, context),
        scope=selectors.scopes(asked["scopeQ"]) if "scopeQ" in asked else None,
        wanted=wanted,
        linked=linked,
        is_local=flag(asked, "local"),
    )
    narrowing = {"id", "type", "idPattern", "attrs", "q", "georel", "scopeQ"} & asked.keys()
    if not narrowing and not found.is_local:
        raise unfit("A query names type, id, idPattern, attrs, q or georel, or says local=true")
    return _joined(_paged(found, asked), asked)


def _paged(found: EntityQuery, asked: Asked) -> EntityQuery:
    has_count = flag(asked, "count")
    limit = number(asked, "limit", USUAL_RESULTS, MOST_RESULTS)
    if limit == 0 and not has_count:
        raise malformed("limit=0 only makes sense with count=true")
    offset = number(asked, "offset", 0, MOST_OFFSET)
    return replace(found, limit=limit, offset=offset, has_count=has_count)


def _joined(found: EntityQuery, asked: Asked) -> EntityQuery:
    join = asked.get("join", "")
    if join not in {"", "inline", "flat", "@none"}:
        raise malformed("join is inline or flat")
    if "joinLevel" in asked and join in {"", "@none"}:
        raise malformed("joinLevel goes with join")
    level = number(asked, "joinLevel", 1, 5)
    if level == 0:
        raise malformed("joinLevel is 1 at least")
    said = asked.get("containedBy", "")
    contained = tuple(uri(one, "containedBy") for one in listed(said, "containedBy")) if said else ()
    return replace(found, join=join.removeprefix("@none"), join_level=level, contained_by=contained)


def _selectors(asked: Asked, context: Context) -> tuple[Selector, ...]:
    ids: tuple[str, ...] = ()
    if "id" in asked:
        ids = tuple(dict.fromkeys(uri(one, "id") for one in listed(asked["id"], "id")))
        if len(ids) > MOST_IDS:
            raise malformed(f"At most {MOST_IDS} ids can be asked for")
    pattern = checked_pattern(asked["idPattern"], "idPattern") if "idPattern" in asked else ""
    types = selectors.types(asked["type"], context) if "type" in asked else None
    # Clause 5.7.2: ids that are named make a pattern superfluous.
    found = Selector(ids, "" if ids else pattern, types)
    return () if found == Selector() else (found,)


def _q(asked: Asked, context: Context) -> Node | None:
    if "q" not in asked:
        return None
    words = names_of(asked["expandValues"], context, "expandValues") if "expandValues" in asked else []
    return asking.parse(asked["q"], context, expanded=frozenset(words))


def _place(asked: Asked, context: Context) -> Node | None:
    said = {"georel", "geometry", "coordinates"} & asked.keys()
    if not said:
        return None
    if len(said) < 3:
        raise malformed("georel, geometry and coordinates go together")
    name = asked.get("geoproperty", "location")
    return places.condition(
        asked["georel"],
        asked["geometry"],
        asked["coordinates"],
        geoproperty=context.expand(_name(name, "geoproperty")),
    )
