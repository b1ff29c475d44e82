# SPDX-License-Identifier: EUPL-1.2
"""`datapackage.json` and `croissant.json` of a dataset."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from stoa.commons.cities.addressing import lasting
from stoa.commons.cities.models import City
from stoa.commons.lake.exports.values import MEDIA_TYPE, Format
from stoa.commons.roles.values import Principal
from stoa.commons.words.fields import in_reader_language
from stoa.houses.catalogue import door
from stoa.houses.catalogue.door import packages, usage
from stoa.houses.catalogue.terms import Access
from stoa.standards import schemaorg
from stoa.standards.vocabularies import LICENCES

PLACES = {Format.GEOJSON, Format.GEOPACKAGE}
OTHERS = (Format.XLSX, Format.JSON, Format.JSON_LINES, Format.PARQUET, Format.GEOJSON, Format.GEOPACKAGE)


def _city(request: HttpRequest) -> City:
    city: City | None = getattr(request, "city", None)
    if city is None:
        raise Http404
    return city


def _reader(request: HttpRequest) -> Principal:
    principal: Principal = request.principal  # type: ignore[attr-defined]
    return principal


def _absolute(request: HttpRequest, page: str, *args: object) -> str:
    return lasting(request, reverse(page, args=args))


@require_safe
def data_package(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The package: every file by its absolute address, the CSV file with its schema."""
    city, by = _city(request), _reader(request)
    page = _absolute(request, "dataset", slug)
    found = packages.data_package(city=city, by=by, slug=slug, page=page)
    (table,) = found["resources"]
    table["path"] = _absolute(request, "dataset-download", slug, "csv")
    card = door.dataset(city=city, by=by, slug=slug)
    found["name"], table["name"] = slug, slug
    found["resources"] += [
        {
            "name": f"{slug}-{form}",
            "path": _absolute(request, "dataset-download", slug, str(form)),
            "format": str(form),
            "mediatype": MEDIA_TYPE[form].partition(";")[0],
        }
        for form in OTHERS
        if card.has_map or form not in PLACES
    ]
    usage.note(city=city, uid=card.uid, gate="packages")
    return _json(request, found, "application/json; charset=utf-8")


@require_safe
def croissant(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The stored file with its checksum and the meaning of its columns."""
    city, by = _city(request), _reader(request)
    file = packages.stored_file(city=city, by=by, slug=slug)
    card = door.dataset(city=city, by=by, slug=slug)
    usage.note(city=city, uid=card.uid, gate="packages")
    download = schemaorg.Download(
        f"{slug}.parquet",
        _absolute(request, "dataset-download", slug, "parquet"),
        MEDIA_TYPE[Format.PARQUET],
        file.bytes,
        file.sha256,
    )
    body = schemaorg.croissant(_described(request, city, card, (download,)))
    return _json(request, body, "application/ld+json; charset=utf-8")


def _described(
    request: HttpRequest, city: City, card: door.DatasetCard, downloads: tuple[schemaorg.Download, ...]
) -> schemaorg.Described:
    licence = LICENCES.get(card.licence)
    department = in_reader_language(card.department_name)
    return schemaorg.Described(
        _absolute(request, "dataset", card.slug),
        in_reader_language(card.title) or card.slug,
        in_reader_language(card.description),
        str(card.uid),
        get_language() or "en",
        department,
        _absolute(request, "department", card.department),
        in_reader_language(city.name),
        _absolute(request, "datasets"),
        email=card.contact,
        keywords=card.keywords,
        licence=licence.link if licence else "",
        version=str(card.version.number) if card.version else "",
        created=card.published_at,
        modified=card.updated_at,
        period=card.period,
        place=card.spatial,
        box=card.box,
        is_open=card.access == Access.OPEN,
        conforms_to=card.conforms_to,
        columns=card.version.columns if card.version else (),
        downloads=downloads,
        source=card.source_note or department,
    )


def _json(request: HttpRequest, body: dict[str, Any], media_type: str) -> HttpResponseBase:
    text = json.dumps(body, ensure_ascii=False, indent=2) + "\n"
    etag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag) or HttpResponse(text, content_type=media_type)
    response["ETag"], response["Cache-Control"] = etag, "no-cache"
    response["Access-Control-Allow-Origin"] = "*"
    return response
