# SPDX-License-Identifier: EUPL-1.2
"""What is refused before anybody's desk fills up."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db.models import QuerySet
from django.utils import timezone

from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import Saying, say
from stoa.houses.catalogue.roles import DESCRIPTIONS, Permission

MOST_AN_HOUR = 60
"""What may come to one list of one city (or dataset) within an hour; then the form rests."""
MOST_LINKS = 2
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)


def refuse_too_many(sent: QuerySet[Any], most: int = MOST_AN_HOUR) -> None:
    """Raise `Refused` (`catalogue.messages_too_many`) while more came within an hour than anybody reads.

    What waits does not count: whoever sent many would close the form for all.
    """
    if sent.filter(made_at__gt=timezone.now() - timedelta(hours=1)).count() >= most:
        raise Refused(
            Problem(
                "catalogue.messages_too_many",
                say("Very many messages have come here within an hour."),
                say("So many at once are rarely meant, and nobody could read them."),
                say("Please try again in an hour."),
            )
        )


def need_text(text: str, field: str) -> str:
    """The text without blanks around it; `Refused` (`catalogue.text_missing`) if nothing is left."""
    cleaned = text.strip()
    if not cleaned:
        raise Refused(
            Problem(
                "catalogue.text_missing",
                say("Something that is needed was left empty."),
                say("Others cannot guess it."),
                say("Write one sentence."),
                field,
            )
        )
    return cleaned


def refuse_links(text: str, field: str) -> None:
    """Raise `Refused` (`catalogue.links_too_many`) for a text that is mostly addresses."""
    if len(_LINK.findall(text)) > MOST_LINKS:
        raise Refused(
            Problem(
                "catalogue.links_too_many",
                say("There are more than %(n)s web addresses in this text.", n=MOST_LINKS),
                say("Most texts like that are advertisements."),
                say("Leave some out."),
                field,
            )
        )


def need_web_address(url: str) -> str:
    """A public `http(s)` address; `Refused` (`catalogue.address_unfit`) for anything else."""
    try:
        parts = urlsplit(url.strip())
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username
    except ValueError:
        fits = False
    if not fits:
        raise Refused(
            Problem(
                "catalogue.address_unfit",
                say("This is not a web address."),
                say("Readers follow it from the city's pages."),
                say("Write it with https:// at the beginning."),
                "url",
            )
        )
    return url.strip()


def need_in_city(by: Principal, permission: Permission) -> None:
    """Raise `Refused` (`catalogue.right_missing`) unless the right is held for the whole city."""
    if by.departments_with(permission) is not None:
        raise Refused(
            Problem(
                "catalogue.right_missing",
                say("You may not do this here."),
                say("It needs the right: %(right)s.", right=Saying(DESCRIPTIONS[permission])),
                say("Ask the manager of the portal for a role that has it."),
            )
        )


def already_decided() -> Refused:
    """The refusal for what somebody else has decided meanwhile."""
    return Refused(
        Problem(
            "catalogue.decision_made",
            say("This has been decided already."),
            say("The sender got one answer and should not get two."),
            say("Look at the decision."),
        )
    )
