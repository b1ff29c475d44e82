# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "stoa.houses.catalogue"
    label = "catalogue"

    def ready(self) -> None:
        from stoa.houses.catalogue import roles

        roles.register()
