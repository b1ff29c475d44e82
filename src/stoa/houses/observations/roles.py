# SPDX-License-Identifier: EUPL-1.2
"""What may be done with sensors and their series, and which roles may do it."""

from __future__ import annotations

from enum import StrEnum

from stoa.commons.roles.book import BOOK, MANAGER, OFFICER, READER, STEWARD
from stoa.ground.words import N_


class Permission(StrEnum):
    """Rights of the observations."""

    SEE_INTERNAL = "observations.see_internal"
    CHANGE_THING = "observations.change_thing"
    WRITE_OBSERVATION = "observations.write_observation"
    DELETE_OBSERVATION = "observations.delete_observation"
    JUDGE_QUALITY = "observations.judge_quality"
    KEEP_RULES = "observations.keep_rules"
    ANSWER_ALERT = "observations.answer_alert"
    ARRANGE_PAGE = "observations.arrange_page"


DESCRIPTIONS = {
    Permission.SEE_INTERNAL: N_("See things and series that are not public"),
    Permission.CHANGE_THING: N_("Set up things, sensors and series, and change or remove them"),
    Permission.WRITE_OBSERVATION: N_("Send observations"),
    Permission.DELETE_OBSERVATION: N_("Remove observations"),
    Permission.JUDGE_QUALITY: N_("Mark observations as good, doubtful or bad"),
    Permission.KEEP_RULES: N_("Set up rules that watch series and send alerts"),
    Permission.ANSWER_ALERT: N_("Acknowledge alerts and close them"),
    Permission.ARRANGE_PAGE: N_("Arrange the page that shows the city now"),
}

_OFFICER = tuple(Permission)


def register() -> None:
    """Add the rights to the city's roles; called once at start."""
    BOOK.extend(
        {
            OFFICER: _OFFICER,
            STEWARD: tuple(Permission),
            READER: (Permission.SEE_INTERNAL,),
            MANAGER: (Permission.SEE_INTERNAL, Permission.ARRANGE_PAGE),
        }
    )
