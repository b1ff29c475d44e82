# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "stoa.houses.registers"
    label = "registers"

    def ready(self) -> None:
        from stoa.commons.jobs.events import listen
        from stoa.commons.people.own_data import add_own_data
        from stoa.commons.people.privacy import tell_of
        from stoa.houses.registers import roles
        from stoa.houses.registers.actions.exporting import ask_export
        from stoa.houses.registers.manifest import MANIFEST
        from stoa.houses.registers.queries.own_data import OWN_DATA

        roles.register()
        tell_of(MANIFEST)
        add_own_data("registers", OWN_DATA)
        for name in ("EntryPublished", "EntryRetired"):
            listen(f"registers.{name}", ask_export)
