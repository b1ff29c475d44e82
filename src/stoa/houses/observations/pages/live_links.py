# SPDX-License-Identifier: EUPL-1.2
"""From a series to the datasets it stands in, and from such a dataset to its live series."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound
from stoa.houses.catalogue import door as catalogue
from stoa.houses.catalogue.door.live import Live, LiveLink
from stoa.houses.observations.models import Datastream, SeriesGroup
from stoa.houses.observations.pages.public.opening import below
from stoa.houses.observations.queries.groups import groups_of, series_in
from stoa.standards.vocabularies import LICENCES
from stoa.web.notation import label

SHOWN = 12


@dataclass(frozen=True, slots=True)
class InDataset:
    """A dataset in which the history of a series is given out."""

    title: str
    url: str
    licence: str
    licence_url: str


def series_of_dataset(city: City, by: Principal, slug: str) -> Live | None:
    """The live series that stand in a dataset now; two or three queries."""
    group = SeriesGroup.objects.filter(city=city, dataset=slug).first() if slug else None
    if group is None:
        return None
    found = series_in(group).visible_to(by).order_by("thing__name", "name", "pk")
    links = [
        LiveLink(f"{thing}: {name}", f"/series/{uid}/")
        for uid, thing, name in found.values_list("uid", "thing__name", "name")[:SHOWN]
    ]
    return Live(links, found.count() if len(links) == SHOWN else len(links))


def datasets_of(city: City, by: Principal, series: Datastream) -> list[InDataset]:
    """The datasets of a series that this reader may know of; one query, and one for each."""
    found = []
    for group in groups_of(series):
        try:
            card = catalogue.dataset(city=city, by=by, slug=group.dataset)
        except NotFound:
            continue
        licence = LICENCES.get(card.licence)
        found.append(
            InDataset(
                label(card.title) or card.slug,
                below(f"/datasets/{card.slug}"),
                gettext(licence.label) if licence else "",
                licence.link if licence else "",
            )
        )
    return found
