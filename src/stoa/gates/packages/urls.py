# SPDX-License-Identifier: EUPL-1.2
"""Addresses of package descriptions.

| part | offered |
|---|---|
| Data Package v2 | one tabular resource: the CSV file with its schema; the other formats as resources without one |
| Croissant 1.0 | the stored Parquet file with its checksum, one record set with all columns but the geometry |
"""

from __future__ import annotations

from django.urls import path

from stoa.gates.packages import views
from stoa.ground.words import say
from stoa.houses.catalogue.door.representations import Representation, offer

urlpatterns = [
    path("datasets/<slug:slug>/datapackage.json", views.data_package, name="data-package"),
    path("datasets/<slug:slug>/croissant.json", views.croissant, name="croissant"),
]
offer(
    Representation(
        "data-package",
        say("Data Package (Frictionless)"),
        "application/vnd.datapackage+json",
        dataset="/datasets/{slug}/datapackage.json",
        needs_rows=True,
    )
)
offer(
    Representation(
        "croissant",
        say("Croissant, for machine learning"),
        "application/json",
        dataset="/datasets/{slug}/croissant.json",
        needs_rows=True,
        is_negotiated=False,
    )
)
