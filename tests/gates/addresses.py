# SPDX-License-Identifier: EUPL-1.2
"""Every address that this install has, with the gaps of its route filled in."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

WITHOUT_DATASETS = (
    r"^account/", r"^/", r"^identity\.css", r"^basemap/", r"^styleguide", r"^desk/(people|departments|tokens|notices)",
    r"^desk/(policy|new|harvest)", r"^desk/requests/", r"^sta/",
)  # fmt: skip
"""Addresses that are about something else; each is tested where it belongs."""
SECRET_ADDRESSES = (
    r"^reports/<uuid", r"^access/", r"^follow/", r"^requests/votes/", r"^warnings/follow/", r"^alerts/take/",
)  # fmt: skip
"""Only whoever was sent them knows them; what they tell is tested with the life of data."""
DEEDS = (
    r"^desk/deliveries/<int:pk>/(read|publish|review|release|discard)$",
    r"/deed/<slug:deed>$",
    r"/publish$",
    r"/files$",
)
"""Answer to a form that is sent, not to a look."""
WORDS = {
    "api/v1/datasets/<slug:slug>/changes": "from=1&to=2",
    "api/v1/datasets/<slug:slug>/groups": "by=remark",
}
"""Without them these addresses refuse every question, so that nobody would ever be seen to come in."""


def routes_of(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    """Every route below a resolver, with its gaps unfilled."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes_of(pattern, route)
        else:
            assert isinstance(pattern, URLPattern)
            yield route


def is_one_of(route: str, kinds: tuple[str, ...]) -> bool:
    return any(re.search(kind, route) for kind in kinds)


ROUTES = sorted({route for route in routes_of() if not is_one_of(route, WITHOUT_DATASETS + SECRET_ADDRESSES)})
GAP = re.compile(r"<(?:\w+:)?(\w+)>")


def gaps_of(route: str) -> list[str]:
    """The names of what a route is filled in with."""
    return GAP.findall(route)


UIDS = (
    ("desk/devices/", "desk/devices"),
    ("desk/alerts/", "desk/alerts"),
    ("desk/rules/", "desk/rules"),
    ("desk/series/groups/", "group"),
    ("desk/series/", "series_uid"),
    ("desk/things/", "thing_uid"),
    ("requests/", "request"),
    ("series/", "series_uid"),
    ("things/", "thing_uid"),
    ("warnings/", "desk/alerts"),
)
"""What `uid` is, by where the address begins."""


def _candidates(route: str, name: str, filled: dict[str, list[str]]) -> list[str] | None:
    if name == "pk":
        return next((values for place, values in filled.items() if route.startswith(place)), None)
    if route.startswith("departments/") and name == "slug":
        return ["parks"]
    if name == "number" and route.startswith("registers/"):
        return filled["entry_number"]
    if name == "number" and route.startswith(("desk/series/files/", "api/v1/observations/files/")):
        return filled["drop"]
    if name == "name" and route.startswith("api/v1/observations/files/"):
        return ["values.csv"]
    if name == "uid":
        return filled[next((key for place, key in UIDS if route.startswith(place)), "uid")]
    if route.startswith("ogc") and name == "row":
        return ["0"]
    return filled.get(name)


def addresses(route: str, filled: dict[str, list[str]]) -> list[str]:
    """The route with its gaps filled in, for one dataset; an unknown gap is a defect of this test's table."""
    names = gaps_of(route)
    values = [_candidates(route, name, filled) for name in names]
    unknown = [name for name, found in zip(names, values, strict=True) if found is None]
    assert not unknown, (
        f"say in _values() of the level town what {unknown} of the new address {route!r} is filled in with"
    )
    made = []
    for chosen in itertools.product(*[found or [] for found in values]):
        path = route
        for value in chosen:
            path = GAP.sub(value, path, count=1)
        made.append("/" + path.removeprefix("^").removesuffix("$"))
    return made


def asked_of(route: str, path: str) -> list[str]:
    """An address as it is, and with words that are looked for where there is nothing else to fill in."""
    if route in WORDS:
        return [f"{path}?{WORDS[route]}"]
    if route.endswith("federation/usage"):
        return [path, f"{path}?origin=http://testserver&since=2026-01-01"]
    if route.endswith("openapi.json"):  # a document that hears no question, and takes long to write
        return [path]
    return [path] if gaps_of(route) else [path, f"{path}?q=Namemark", f"{path}?q=Rowmark&limit=100"]
