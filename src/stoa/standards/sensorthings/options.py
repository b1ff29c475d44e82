# SPDX-License-Identifier: EUPL-1.2
"""Query options (18-088, clause 9.3.3): which entities, in which order, with what of them and beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl

from stoa.ground.conditions import Node, Order
from stoa.ground.words import say
from stoa.standards.sensorthings.expressions import path_of, read_filter, read_order
from stoa.standards.sensorthings.model import IDS, ITSELF, KINDS, OBSERVATION, Kind
from stoa.standards.sensorthings.problems import too_deep, unreadable, unsupported
from stoa.standards.sensorthings.scanning import MOST_LETTERS

MOST_EXPANSIONS = 30
MOST_LEVELS = 6
NAMES = (
    "$filter",
    "$count",
    "$orderby",
    "$skip",
    "$top",
    "$expand",
    "$select",
    "$resultFormat",
    "$skiptoken",
)


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked of a set or an entity."""

    where: Node | None = None
    order: tuple[Order, ...] = ()
    top: int | None = None
    skip: int = 0
    count: bool = False
    select: tuple[str, ...] = ()
    """Names on the wire, of properties (perhaps with names inside) and relations; empty: all."""
    expand: Mapping[str, Options] = field(default_factory=dict)
    """By the relation's name on the wire."""
    is_data_array: bool = False
    given: tuple[tuple[str, str], ...] = ()
    """The options as they were given, for the address of the next page."""
    token: str = ""
    """Where an earlier page ended; what is in it is the server's own business."""


def pairs_of(query: str) -> list[tuple[str, str]]:
    """Names and values of a query string; `%24filter` is `$filter`."""
    if len(query) > 2 * MOST_LETTERS:
        raise too_deep("?", MOST_LETTERS)
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=50, errors="strict")
    except ValueError:
        raise unreadable("?", say("The query cannot be decoded.")) from None


def read_options(pairs: Iterable[tuple[str, str]], kind: Kind) -> Options:
    """The options of a request on entities of a kind; `Refused` for what is wrong (400) or not known (501)."""
    budget = iter(range(MOST_EXPANSIONS))
    asked = [(name, value) for name, value in pairs if name.startswith("$")]
    found = _options(asked, kind, budget, 0)
    _need_ahead(found.expand, kind)
    return found


def _options(pairs: list[tuple[str, str]], kind: Kind, budget: Iterator[int], level: int) -> Options:
    found = Options(given=tuple(pairs))
    seen: set[str] = set()
    for name, value in pairs:
        if name not in NAMES:
            raise unsupported(name[:60], say("There is no query option “%(name)s” here.", name=name[:60]))
        if name in seen:
            raise unreadable(name, say("“%(option)s” is given twice.", option=name))
        seen.add(name)
        if name == "$expand":
            found = replace(found, expand=_expansions(value, kind, budget, level + 1))
        else:
            found = _READ[name](found, value, kind)
    return found


def _need_ahead(found: Mapping[str, Options], kind: Kind) -> None:
    """Refused where an expansion goes back, to many, over the relation that it came by: that multiplies."""
    for name, asked in found.items():
        target = KINDS[kind.relations[name].target]
        for inner in asked.expand:
            back = target.relations[inner]
            if back.is_many and back.target == kind.name:
                raise unreadable("$expand", say("“%(name)s” leads back to where it came from.", name=inner))
        _need_ahead(asked.expand, target)


def _whole(option: str, value: str) -> int:
    plain = value.strip()
    if not (plain.isascii() and plain.isdigit() and len(plain) < 16):
        raise unreadable(option, say("“%(option)s” needs a whole number, 0 or more.", option=option))
    return int(plain)


def _count(found: Options, value: str, _kind: Kind) -> Options:
    if value not in {"true", "false"}:
        raise unreadable("$count", say("“$count” is true or false."))
    return replace(found, count=value == "true")


def _format(found: Options, value: str, kind: Kind) -> Options:
    if value != "dataArray":
        raise unsupported("$resultFormat", say("There is no format “%(name)s” here.", name=value[:60]))
    if kind is not OBSERVATION:
        raise unreadable("$resultFormat", say("Only Observations can be had as a data array."))
    return replace(found, is_data_array=True)


def _select(found: Options, value: str, kind: Kind) -> Options:
    names = tuple(part.strip() for part in value.split(","))
    if len(names) > 50:
        raise too_deep("$select", 50)
    for name in names:
        if name not in kind.relations and name not in ITSELF:
            path_of(name, kind, "$select")
            if name.split("/")[0] in kind.relations:
                raise unreadable("$select", say("Select inside of “$expand” instead."))
    return replace(found, select=tuple("id" if name in IDS else name for name in dict.fromkeys(names)))


_READ: dict[str, Callable[[Options, str, Kind], Options]] = {
    "$filter": lambda found, value, kind: replace(found, where=read_filter(value, kind)),
    "$orderby": lambda found, value, kind: replace(found, order=read_order(value, kind)),
    "$top": lambda found, value, _kind: replace(found, top=_whole("$top", value)),
    "$skip": lambda found, value, _kind: replace(found, skip=_whole("$skip", value)),
    "$skiptoken": lambda found, value, _kind: replace(found, token=value),
    "$count": _count,
    "$resultFormat": _format,
    "$select": _select,
}


# -- $expand: Datastreams($top=1;$expand=Observations),Locations or A/B


def _expansions(text: str, kind: Kind, budget: Iterator[int], level: int) -> dict[str, Options]:
    if level > MOST_LEVELS or len(text) > MOST_LETTERS:
        raise too_deep("$expand", MOST_LEVELS)
    found: dict[str, Options] = {}
    for item in split_outside(text, ","):
        _expansion(item.strip(), kind, budget, level, found)
    return found


def _expansion(item: str, kind: Kind, budget: Iterator[int], level: int, found: dict[str, Options]) -> None:
    """One item of the list, put to what the others asked of the same relation."""
    if next(budget, None) is None or level > MOST_LEVELS:
        raise too_deep("$expand", MOST_EXPANSIONS)
    path, bracket, inside = item.partition("(")
    name, slash, rest = path.strip().partition("/")
    relation = kind.relations.get(name)
    if relation is None or (bracket and not inside.endswith(")")):
        what = say("“%(name)s” of “%(kind)s” cannot be expanded.", name=item[:60], kind=kind.name)
        raise unreadable("$expand", what)
    target = KINDS[relation.target]
    before = found.get(name, Options())
    if slash:
        deeper = dict(before.expand)
        _expansion(rest + bracket + inside, target, budget, level + 1, deeper)
        found[name] = replace(before, expand=deeper)
        return
    own = _options(_inner_pairs(inside[:-1]), target, budget, level) if bracket else Options()
    found[name] = own if before == Options() else merged(own, before)


def merged(own: Options, before: Options) -> Options:
    """Both expansions of one relation: the later options, with all that was asked below."""
    return replace(own, expand={**before.expand, **own.expand})


def _inner_pairs(text: str) -> list[tuple[str, str]]:
    pairs = []
    for part in split_outside(text, ";"):
        name, sign, value = part.strip().partition("=")
        if not sign:
            raise unreadable("$expand", say("“%(part)s” is no query option.", part=part[:60]))
        pairs.append((name.strip(), value))
    return pairs


def split_outside(text: str, sign: str) -> list[str]:
    """Pieces between a sign that stands outside of brackets and quotes.

    >>> split_outside("a($x=1;$y='),'),b", ",")
    ["a($x=1;$y='),')", 'b']
    """
    pieces, begin, depth, is_quoted = [], 0, 0, False
    for place, letter in enumerate(text):
        if letter == "'":
            is_quoted = not is_quoted
        elif is_quoted:
            continue
        elif letter in "()":
            depth += 1 if letter == "(" else -1
        elif letter == sign and depth == 0:
            pieces.append(text[begin:place])
            begin = place + 1
    return [*pieces, text[begin:]]
