# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "stoa.houses.catalogue"
    label = "catalogue"

    def ready(self) -> None:
        from stoa.commons.jobs.serving import beside_serving
        from stoa.houses.catalogue import roles
        from stoa.houses.catalogue.actions.counting import begin_writing

        roles.register()
        beside_serving("catalogue.usage", begin_writing)
