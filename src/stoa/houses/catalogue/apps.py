# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "stoa.houses.catalogue"
    label = "catalogue"

    def ready(self) -> None:
        from stoa.commons.jobs.events import listen
        from stoa.commons.jobs.serving import beside_serving
        from stoa.commons.people.own_data import add_own_data
        from stoa.commons.people.privacy import tell_of
        from stoa.commons.people.queries import add_opener
        from stoa.houses.catalogue import roles
        from stoa.houses.catalogue.actions.counting import begin_writing
        from stoa.houses.catalogue.actions.saving import refresh_made_from
        from stoa.houses.catalogue.manifest import MANIFEST
        from stoa.houses.catalogue.queries.access import opened_to
        from stoa.houses.catalogue.queries.own_data import OWN_DATA

        roles.register()
        listen("catalogue.DatasetPublished", refresh_made_from)
        add_opener("catalogue", opened_to)
        tell_of(MANIFEST)
        add_own_data("catalogue", OWN_DATA)
        beside_serving("catalogue.usage", begin_writing)
