# SPDX-License-Identifier: EUPL-1.2
"""Vector tiles of a collection by OGC API Tiles, with TileJSON and a style beside them."""

from __future__ import annotations

import math

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.html import escape

from stoa.commons.lake.values import TileSet
from stoa.commons.words.fields import in_reader_language
from stoa.gates.ogc.answering import Asked, cached, document, etag_of, is_fresh, not_modified, operation
from stoa.gates.ogc.layers import opened, title_of
from stoa.ground.geometry import Tile
from stoa.ground.problems import NotFound
from stoa.houses.catalogue.door import features, usage
from stoa.houses.catalogue.door.features import Layer
from stoa.standards import mapstyle, ogctiles, tilejson
from stoa.standards.ogcfeatures import parameters
from stoa.standards.ogcfeatures.links import JSON, MVT, STYLE, TILEJSON, Link

CONFORMANCE = tuple(
    f"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/{name}"
    for name in ("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt", "oas30")
) + tuple(
    f"http://www.opengis.net/spec/tms/2.0/conf/{name}" for name in ("tilematrixset", "json-tilematrixset")
)
MOST_COLUMNS = 8
A_YEAR = 365 * 86400
_JSON, _MVT, _STYLE = {"json": JSON}, {"mvt": MVT}, {"style": STYLE}
_METADATA = {"json": JSON, "tilejson": TILEJSON}
_COLOUR = "#0b6e8a"


def _columns(asked: Asked, layer: Layer) -> tuple[str, ...]:
    """The columns to be written into the tiles: those asked for, else the first eight."""
    names = [column.name for column in layer.version.columns]
    if "columns" not in asked.request.GET:
        return tuple(names[:MOST_COLUMNS])
    wanted = tuple(dict.fromkeys(name for name in asked.get("columns").split(",") if name))
    if len(wanted) > MOST_COLUMNS or not set(wanted) <= set(names):
        raise parameters.columns_refused(asked.get("columns"), names)
    return wanted


def _needs_known_set(name: str) -> None:
    if name != ogctiles.TMS:
        raise NotFound("tileMatrixSet", name)


@operation(offers=_MVT, parameters=("columns", "version"))
def tile(asked: Asked, name: str, *, matrix_set: str, matrix: str, row: str, column: str) -> HttpResponseBase:
    """One tile, row before column; 204 where nothing is, 404 beyond the matrix."""
    _needs_known_set(matrix_set)
    layer = opened(asked, name)
    columns = _columns(asked, layer)
    known = features.tile_set(layer, columns)
    wanted = _tile(matrix, row, column, known.maxzoom)
    tag = etag_of(asked, layer.version.ref.path)
    if is_fresh(asked, tag):
        return not_modified(asked, tag, is_public=layer.is_public)
    made = features.tile(layer, wanted, columns)
    usage.note(city=asked.city, uid=layer.card.uid, gate="ogc", kind="tile")
    answer = HttpResponse(made, content_type=MVT) if made else HttpResponse(status=204)
    # The address without a version changes its content with the next one.
    seconds = A_YEAR if asked.get("version") else 60
    return cached(asked, answer, tag, is_public=layer.is_public, seconds=seconds)


def _tile(matrix: str, row: str, column: str, most: int) -> Tile:
    parts = (matrix, column, row)
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts) or int(matrix) > most:
        raise NotFound("tile")
    try:
        return Tile(*map(int, parts))
    except ValueError:
        raise NotFound("tile") from None


@operation(offers=_JSON)
def tilesets(asked: Asked, name: str) -> HttpResponseBase:
    """The sets of tiles of a collection: one."""
    layer = opened(asked, name)
    features.tile_set(layer)
    entry = ogctiles.tileset(title_of(layer), _links(asked, layer))
    own = [link.to_json() for link in asked.same_in_all_formats()]
    return document(asked, {"tilesets": [entry], "links": own})


def _links(asked: Asked, layer: Layer) -> tuple[Link, ...]:
    slug = layer.card.slug
    return (
        Link(asked.address("tileset", slug, ogctiles.TMS), "self", JSON),
        Link(asked.address("tileset", slug, ogctiles.TMS, f="tilejson"), "alternate", TILEJSON, "TileJSON"),
        Link(asked.address("matrix-set", ogctiles.TMS), ogctiles.TILING_SCHEME, JSON),
        Link(asked.address("collection", slug), "http://www.opengis.net/def/rel/ogc/1.0/geodata", JSON),
        Link(asked.address("style", slug), "http://www.opengis.net/def/rel/ogc/1.0/stylesheet", STYLE),
        Link(_template(asked, layer, "{tileMatrix}/{tileRow}/{tileCol}"), "item", MVT, is_templated=True),
    )


def _template(asked: Asked, layer: Layer, gaps: str, **pairs: str) -> str:
    """The address of tiles with gaps."""
    whole = asked.address("tile", layer.card.slug, ogctiles.TMS, "0", "0", "0", f="mvt", **pairs)
    head, _gap, tail = whole.partition("/0/0/0")
    return f"{head}/{gaps}{tail}"


@operation(offers=_METADATA, parameters=("columns", "version"))
def tileset(asked: Asked, name: str, matrix_set: str) -> HttpResponseBase:
    """What a client must know of the tiles, by OGC or as TileJSON."""
    _needs_known_set(matrix_set)
    layer = opened(asked, name)
    known = features.tile_set(layer, _columns(asked, layer))
    if asked.format == "tilejson":
        return document(asked, _tilejson(asked, layer, known))
    body = ogctiles.tileset_metadata(
        title_of(layer),
        _links(asked, layer),
        box=known.bounds,
        zooms=range(known.minzoom, known.maxzoom + 1),
        layer=known.layer,
        shapes=layer.version.geometry_types,
        fields=known.fields,
        attribution=_attribution(layer),
    )
    return document(asked, body)


def _attribution(layer: Layer) -> str:
    return layer.card.source_note or in_reader_language(layer.card.department_name)


def _tilejson(asked: Asked, layer: Layer, known: TileSet) -> dict[str, object]:
    labels = {column.name: column.description or column.label for column in layer.version.columns}
    pairs = {name: asked.get(name) for name in ("columns",) if asked.get(name)}
    address = _template(asked, layer, "{z}/{y}/{x}", version=str(layer.version.number), **pairs)
    return tilejson.to_json(
        tilejson.TileSet(
            tiles=(address,),
            layers=(
                tilejson.VectorLayer(known.layer, {name: labels.get(name, "") for name in known.fields}),
            ),
            name=title_of(layer),
            attribution=escape(_attribution(layer)),
            bounds=known.bounds,
            minzoom=known.minzoom,
            maxzoom=known.maxzoom,
            version=f"{layer.version.number}.0.0",
        )
    )


@operation(offers=_JSON)
def styles(asked: Asked, name: str) -> HttpResponseBase:
    """The styles of a collection: one."""
    layer = opened(asked, name)
    features.tile_set(layer)
    own = [Link(asked.address("style", name), "stylesheet", STYLE).to_json()]
    links = [link.to_json() for link in asked.same_in_all_formats()]
    entry = {"id": "default", "title": title_of(layer), "links": own}
    return document(asked, {"default": "default", "styles": [entry], "links": links})


@operation(offers=_STYLE)
def style(asked: Asked, name: str) -> HttpResponseBase:
    """A MapLibre style that draws the tiles in the city's colour."""
    layer = opened(asked, name)
    known = features.tile_set(layer)
    width = max(known.bounds.east - known.bounds.west, known.bounds.north - known.bounds.south, 0.001)
    body = mapstyle.style(
        title_of(layer),
        asked.address("tileset", name, ogctiles.TMS, f="tilejson"),
        known.layer,
        shapes=layer.version.geometry_types,
        colour=str(getattr(asked.city, "accent", "") or _COLOUR),
        centre=known.bounds.centre,
        zoom=round(max(0.0, min(15.0, math.log2(360 / width))), 1),
    )
    return document(asked, body)


@operation(offers=_JSON)
def matrix_sets(asked: Asked) -> HttpResponseBase:
    """The tile matrix sets that are offered."""
    return document(
        asked,
        ogctiles.tile_matrix_sets(asked.address("matrix-set", ogctiles.TMS), asked.same_in_all_formats()),
    )


@operation(offers=_JSON)
def matrix_set(asked: Asked, matrix_set: str) -> HttpResponseBase:
    """The definition of one."""
    _needs_known_set(matrix_set)
    return document(asked, ogctiles.tile_matrix_set(asked.same_in_all_formats()))
