# SPDX-License-Identifier: EUPL-1.2
"""What this house holds on somebody with an account."""

from __future__ import annotations

from stoa.commons.people.own_data import Own
from stoa.ground.words import say
from stoa.houses.observations.models import AlertMessage, AlertRoute, FileDrop, WarningFollow

OWN = (
    Own(
        "alert_routes",
        say("Rules whose alerts you are told of"),
        AlertRoute,
        "person_id",
        ("rule__title", "channel", "after_minutes", "wakes_from"),
    ),
    Own(
        "alert_messages",
        say("Alerts that you were told of"),
        AlertMessage,
        "person_id",
        ("alert__rule__title", "channel", "kind", "due_at", "sent_at"),
    ),
    Own(
        "warnings",
        say("Warnings that you follow"),
        WarningFollow,
        "email",
        ("email", "language", "least", "made_at", "confirmed_at"),
    ),
    Own(
        "value_files",
        say("Files of values that you brought in"),
        FileDrop,
        "by_id",
        ("name", "by_name", "made_at", "written_at"),
    ),
)
