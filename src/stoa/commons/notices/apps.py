# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "stoa.commons.notices"
    label = "notices"

    def ready(self) -> None:
        from stoa.commons.notices.models import Notice
        from stoa.commons.people.own_data import Own, add_own_data
        from stoa.ground.words import say

        fields = ("topic", "link", "made_at", "read_at", "mailed_at")
        add_own_data("notices", (Own("messages", say("Messages to you"), Notice, "person_id", fields),))
