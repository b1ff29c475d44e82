# SPDX-License-Identifier: EUPL-1.2
"""Vector tiles of a dataset, and the document that tells a map program about them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.html import escape

from stoa.ground.geometry import Tile
from stoa.houses.catalogue.models import Version
from stoa.houses.catalogue.pages.public.addresses import tiles_address
from stoa.houses.catalogue.pages.public.counted import count_use
from stoa.houses.catalogue.pages.public.layers import LAYER, MAX_ZOOM, attribution
from stoa.houses.catalogue.pages.public.opening import Opened, open_dataset, principal_of, public_page
from stoa.houses.catalogue.pages.public.sending import send_file
from stoa.houses.catalogue.queries.datasets import version_of
from stoa.houses.catalogue.queries.figures import cut_tile, kept_tile
from stoa.houses.catalogue.terms import Access, State, UsageKind
from stoa.standards import tilejson

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
A_YEAR = 365 * 86400


@public_page
def tile(request: HttpRequest, slug: str, *, version: int, z: int, x: int, y: int) -> HttpResponseBase:
    """One tile; a version never changes, so it may be kept for ever."""
    opened = open_dataset(request, slug, with_rows=True)
    found = (
        opened.shown
        if opened.shown.number == version
        else version_of(opened.dataset, principal_of(request), number=version)
    )
    if z > MAX_ZOOM:
        raise Http404
    try:
        asked = Tile(z, x, y)
    except ValueError:
        raise Http404 from None
    columns = _columns(request, found)
    made = cut_tile(found, asked, columns)
    count_use(request, opened.dataset, UsageKind.TILE)
    response: HttpResponseBase
    if not made:
        response = HttpResponse(status=204)
    elif request.headers.get("X-Stoa-Front"):
        response = send_file(request, kept_tile(found, asked, columns), MEDIA_TYPE)
    else:
        response = HttpResponse(made, content_type=MEDIA_TYPE)
    response["Cache-Control"] = (
        f"{'public' if is_public(opened, found) else 'private'}, max-age={A_YEAR}, immutable"
    )
    return response


def _columns(request: HttpRequest, version: Version) -> tuple[str, ...]:
    by = request.GET.get("by", "")
    if by and version.ref.column(by) is None:
        raise Http404
    return (by,) if by else ()


def is_public(opened: Opened, version: Version) -> bool:
    """Whether a copy may lie in a cache that everybody reads: not of a version that was made for few."""
    dataset = opened.dataset
    is_open = dataset.access == Access.OPEN and dataset.state in {State.PUBLISHED, State.RETIRED}
    return is_open and version.number >= dataset.readable_from


@public_page
def tiles_json(request: HttpRequest, slug: str) -> HttpResponseBase:
    """TileJSON 3.0 of a version."""
    opened = open_dataset(request, slug, with_rows=True)
    version = opened.shown
    if not version.geometry_types or version.bounds is None:
        raise Http404
    by = next(iter(_columns(request, version)), "")
    fields = {spec.name: spec.description or spec.label for spec in version.specs if spec.name == by}
    document = tilejson.TileSet(
        tiles=(
            request.build_absolute_uri(tiles_address(slug, version.number, by))
            .replace("%7B", "{")
            .replace("%7D", "}"),
        ),
        layers=(tilejson.VectorLayer(LAYER, fields | {"_row": "Number of the row"}),),
        name=opened.title,
        attribution=escape(attribution(opened)),
        bounds=version.bounds,
        maxzoom=MAX_ZOOM,
        version=f"{version.number}.0.0",
    )
    response = JsonResponse(tilejson.to_json(document))
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "no-cache" if principal_of(request).is_known else "public, max-age=300"
    return response
