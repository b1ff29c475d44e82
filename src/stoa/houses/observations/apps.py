# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from django.apps import AppConfig


class ObservationsConfig(AppConfig):
    name = "stoa.houses.observations"
    label = "observations"

    def ready(self) -> None:
        from stoa.houses.observations import roles

        roles.register()
