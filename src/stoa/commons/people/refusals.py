# SPDX-License-Identifier: EUPL-1.2
"""What is said when departments, own data or host names cannot be had as asked."""

from __future__ import annotations

from collections.abc import Iterable

from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say


def right_missing() -> Refused:
    return Refused(
        Problem(
            "people.right_missing",
            say("You may not move departments."),
            say("It changes which departments the roles of others reach."),
            say("Ask somebody who manages the whole portal."),
        )
    )


def department_cycle(slug: str, above: str) -> Refused:
    return Refused(
        Problem(
            "people.department_cycle",
            say("“%(slug)s” cannot be put below “%(above)s”.", slug=slug, above=above),
            say("That department is itself, or stands below it: the tree would have no top."),
            say("Choose another place, or move the one below first."),
            field="parent",
        )
    )


def operator_only() -> Refused:
    return Refused(
        Problem(
            "people.operator_only",
            say("You may not make somebody an operator."),
            say("An operator sees the data of every city of this install."),
            say("Ask whoever runs the machine."),
        )
    )


def department_unknown(slug: str, known: Iterable[str]) -> Refused:
    return Refused(
        Problem(
            "people.department_unknown",
            say("There is no department “%(slug)s”.", slug=slug[:80]),
            say("What belongs to nobody is looked after by nobody."),
            say("Set it up first, or take one of: %(known)s.", known=", ".join(known) or "-"),
            field="department",
        )
    )


def department_too_deep() -> Refused:
    return Refused(
        Problem(
            "people.department_too_deep",
            say("The tree would become too deep there."),
            say("Nobody would find a department behind so many others."),
            say("Put it further up."),
            field="parent",
        )
    )


def own_data_only() -> Refused:
    return Refused(
        Problem(
            "people.own_data_only",
            say("Only the person themselves can take this data."),
            say("It says what they did and wrote."),
            say("Ask them to sign in and to download it."),
        )
    )


def host_name_wrong(host: str) -> Refused:
    return Refused(
        Problem(
            "people.host_name_wrong",
            say("“%(host)s” is not a host name.", host=host),
            say("Browsers ask for a name like data.town.example, without https:// and without a port."),
            say("Write the name alone."),
            field="hosts",
        )
    )


def host_name_taken(host: str) -> Refused:
    return Refused(
        Problem(
            "people.host_name_taken",
            say("“%(host)s” belongs to another city already.", host=host),
            say("A name can lead to one city only."),
            say("Take it from the other city first, or choose another name."),
            field="hosts",
        )
    )


def about_not_yours() -> Refused:
    return Refused(
        Problem(
            "people.about_not_yours",
            say("You may not change what the city says of itself."),
            say("Everybody reads it on every page, and some of it is demanded by law."),
            say("Ask somebody who manages the whole portal."),
        )
    )
