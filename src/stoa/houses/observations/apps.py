# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from django.apps import AppConfig


class ObservationsConfig(AppConfig):
    name = "stoa.houses.observations"
    label = "observations"

    def ready(self) -> None:
        from typing import Any

        from stoa.commons.jobs.events import listen
        from stoa.commons.people.own_data import add_own_data
        from stoa.commons.people.privacy import tell_of
        from stoa.houses.catalogue.door.guards import add_guard
        from stoa.houses.observations import roles
        from stoa.houses.observations.actions.alerting.sending import tell
        from stoa.houses.observations.actions.grouping import ask_settling, why_closed
        from stoa.houses.observations.actions.watching import look_after_move
        from stoa.houses.observations.manifest import MANIFEST
        from stoa.houses.observations.queries.own_data import OWN

        roles.register()
        tell_of(MANIFEST)
        add_own_data("observations", OWN)
        add_guard("observations", why_closed)
        listen("observations.ThingChanged", look_after_move)
        listen("observations.AlertRaised", tell)
        listen("observations.AlertEnded", tell)
        listen("observations.ThingChanged", ask_settling)

        def decide_anew(city_id: int, _told: dict[str, Any]) -> None:
            from stoa.houses.observations.actions.demanding import look_again

            look_again(city_id)

        for name in ("DemandDecided", "EntryPublished", "EntryRetired"):
            listen(f"registers.{name}", decide_anew)
