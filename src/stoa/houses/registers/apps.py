# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "stoa.houses.registers"
    label = "registers"

    def ready(self) -> None:
        from stoa.commons.jobs.events import listen
        from stoa.houses.registers import roles
        from stoa.houses.registers.actions.exporting import ask_export

        roles.register()
        for name in ("EntryPublished", "EntryRetired"):
            listen(f"registers.{name}", ask_export)
