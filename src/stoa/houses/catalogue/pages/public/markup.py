# SPDX-License-Identifier: EUPL-1.2
"""What search engines read in the page of a dataset: schema.org/Dataset."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from stoa.commons.cities.addressing import lasting
from stoa.commons.lake.exports.values import MEDIA_TYPE, Format
from stoa.houses.catalogue.pages.public.addresses import address
from stoa.houses.catalogue.pages.public.opening import Opened
from stoa.houses.catalogue.terms import Access
from stoa.standards import schemaorg
from stoa.standards.vocabularies import LICENCES
from stoa.web.notation import label

FORMATS = (Format.CSV, Format.XLSX, Format.JSON, Format.PARQUET, Format.GEOJSON, Format.GEOPACKAGE)
PLACES = {Format.GEOJSON, Format.GEOPACKAGE}


def markup_of(request: HttpRequest, opened: Opened) -> SafeString:
    """The JSON for the page's head; a data block, which no browser runs."""
    body = schemaorg.in_page(schemaorg.markup(_described(request, opened)))
    return mark_safe(body)  # noqa: S308 - `in_page` leaves no character that could end the element


def _described(request: HttpRequest, opened: Opened) -> schemaorg.Described:
    dataset, version = opened.dataset, opened.version
    licence, city = LICENCES.get(dataset.licence), dataset.city
    return schemaorg.Described(
        lasting(request, address("dataset", dataset.slug)),
        opened.title,
        label(dataset.description),
        str(dataset.uid),
        get_language() or "en",
        label(dataset.department.name),
        lasting(request, address("department", dataset.department.slug)),
        label(city.name),
        lasting(request, address("datasets")),
        email=dataset.contact or dataset.department.email,
        keywords=tuple(dataset.keywords),
        licence=licence.link if licence else "",
        version=str(version.number) if version else "",
        created=dataset.published_at,
        modified=dataset.updated_at,
        period=(dataset.period_from, dataset.period_to),
        place=dataset.spatial or label(city.name),
        box=dataset.bounds or city.box,
        is_open=dataset.access == Access.OPEN,
        columns=version.specs if version else (),
        downloads=_downloads(request, opened),
    )


def _downloads(request: HttpRequest, opened: Opened) -> tuple[schemaorg.Download, ...]:
    if opened.version is None or opened.dataset.access != Access.OPEN:
        return ()
    places = opened.version.geometry_types
    return tuple(
        schemaorg.Download(
            f"{opened.dataset.slug}.{form}",
            lasting(request, address("dataset-download", opened.dataset.slug, str(form))),
            MEDIA_TYPE[form].partition(";")[0],
        )
        for form in FORMATS
        if places or form not in PLACES
    )
