# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the catalogue as RDF, and what of the standards is offered.

| part | offered |
|---|---|
| DCAT-AP 3.0.1 | mandatory and recommended properties of catalogue, dataset, distribution, data service, agent |
| DCAT-AP for high-value datasets 3.0.0 | legislation and category on datasets, distributions and services |
| dataset series, catalogue records | no: there are no series, and every record is as old as its dataset |
| Hydra | pages as PartialCollectionView with first, previous, next, last |
| content negotiation | by suffix, and by Accept at `/catalog` and at the pages of datasets |
"""

from __future__ import annotations

from django.urls import path

from stoa.gates.dcat import views
from stoa.ground.words import say
from stoa.houses.catalogue.door.representations import Representation, offer

_MEDIA_TYPES = {suffix: media_type for media_type, suffix in views.SUFFIXES.items()}
_TITLES = {
    "ttl": say("DCAT-AP as Turtle"),
    "rdf": say("DCAT-AP as RDF/XML"),
    "jsonld": say("DCAT-AP as JSON-LD"),
}

urlpatterns = [
    path("catalog", views.negotiated, name="dcat"),
    *(path(f"catalog.{one}", views.catalogue, {"suffix": one}, name=f"dcat-{one}") for one in views.WRITERS),
    *(
        path(f"datasets/<slug:slug>.{one}", views.dataset, {"suffix": one}, name=f"dcat-dataset-{one}")
        for one in views.WRITERS
    ),
]

for _suffix, _title in _TITLES.items():
    offer(
        Representation(
            f"dcat-{_suffix}",
            _title,
            _MEDIA_TYPES[_suffix],
            dataset=f"/datasets/{{slug}}.{_suffix}",
            catalogue=f"/catalog.{_suffix}",
        )
    )
