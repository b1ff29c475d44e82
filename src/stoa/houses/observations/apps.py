# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from django.apps import AppConfig


class ObservationsConfig(AppConfig):
    name = "stoa.houses.observations"
    label = "observations"

    def ready(self) -> None:
        from stoa.commons.jobs.events import listen
        from stoa.houses.observations import roles
        from stoa.houses.observations.actions.watching import look_after_move

        roles.register()
        listen("observations.ThingChanged", look_after_move)
