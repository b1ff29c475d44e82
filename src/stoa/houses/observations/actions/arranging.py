# SPDX-License-Identifier: EUPL-1.2
"""Arranging the page that shows the city now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max

from stoa.commons.audit.actions import record
from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.observations.actions.rights import need
from stoa.houses.observations.models import Datastream, NowTile, ObservedProperty
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.terms import TileKind

TILES_MOST = 60


@transaction.atomic
def add_tile(
    *,
    city: City,
    by: Principal,
    kind: TileKind,
    datastream: Datastream | None = None,
    observed_property: ObservedProperty | None = None,
    title: Mapping[str, str] | None = None,
) -> NowTile:
    """A tile at the end of the page. Raises Refused."""
    need(by, Permission.ARRANGE_PAGE)
    if (kind is TileKind.SERIES and datastream is None) or (
        kind is TileKind.GROUP and observed_property is None
    ):
        raise _nothing_chosen()
    if NowTile.objects.filter(city=city).count() >= TILES_MOST:
        raise _too_many()
    last = NowTile.objects.filter(city=city).aggregate(last=Max("place"))["last"] or 0
    tile = NowTile.objects.create(
        city=city,
        place=last + 1,
        kind=kind,
        datastream=datastream if kind is TileKind.SERIES else None,
        observed_property=None if kind is TileKind.SERIES else observed_property,
        title={code: words for code, words in (title or {}).items() if words},
    )
    _told(tile, by, "added", {"kind": str(kind)})
    return tile


@transaction.atomic
def move_tile(*, tile: NowTile, up: bool, by: Principal) -> None:
    """One place up or down; at the end nothing happens."""
    need(by, Permission.ARRANGE_PAGE)
    tiles = [*NowTile.objects.select_for_update().filter(city=tile.city).order_by("place", "pk")]
    at = next((n for n, one in enumerate(tiles) if one.pk == tile.pk), None)
    if at is None:
        return
    other = at - 1 if up else at + 1
    if 0 <= other < len(tiles):
        tiles[at], tiles[other] = tiles[other], tiles[at]
    for place, one in enumerate(tiles, start=1):
        one.place = place
    NowTile.objects.bulk_update(tiles, ["place"])
    _told(tile, by, "moved", {"up": up})


@transaction.atomic
def show_tile(*, tile: NowTile, is_visible: bool, by: Principal) -> None:
    """Show a tile on the page, or keep it for later."""
    need(by, Permission.ARRANGE_PAGE)
    tile.is_visible = is_visible
    tile.save(update_fields=["is_visible"])
    _told(tile, by, "shown", {"is_visible": is_visible})


@transaction.atomic
def remove_tile(*, tile: NowTile, by: Principal) -> None:
    """Take a tile away; when none is left, the page arranges itself again."""
    need(by, Permission.ARRANGE_PAGE)
    _told(tile, by, "removed", {"kind": tile.kind})
    tile.delete()


def _told(tile: NowTile, by: Principal, verb: str, facts: Mapping[str, Any]) -> None:
    record(city_id=tile.city_id, by=by, verb=verb, thing="tile", thing_id=str(tile.pk), facts=facts)


def _nothing_chosen() -> Refused:
    return Refused(
        Problem(
            "observations.tile_empty",
            say("The tile shows nothing yet."),
            say("A value needs a series, a list needs a property."),
            say("Choose what the tile shows."),
        )
    )


def _too_many() -> Refused:
    return Refused(
        Problem(
            "observations.tiles_too_many",
            say("There are %(most)s tiles already.", most=TILES_MOST),
            say("Nobody reads a longer page on a phone."),
            say("Take one away first."),
        )
    )
