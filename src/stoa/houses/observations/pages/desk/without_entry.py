# SPDX-License-Identifier: EUPL-1.2
"""Things that stand in no register, what was refused for that, and the way to an entry."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from stoa.commons.people.pages.desk import city_of, desk_page, frame, principal_of
from stoa.houses.observations.pages.public.opening import below
from stoa.houses.observations.queries.without_entry import WithoutEntry, things_without_entry
from stoa.houses.observations.roles import Permission
from stoa.houses.registers.door import Demand
from stoa.web.notation import label, moment, number
from stoa.web.parts import Cell, Column, Row, Table


@desk_page
@require_safe
def without_entry(request: HttpRequest) -> HttpResponseBase:
    """All of this person's departments."""
    city, by = city_of(request), principal_of(request)
    if not by.may(Permission.SEE_INTERNAL):
        raise PermissionDenied
    seen = things_without_entry(city=city, by=by)
    title = gettext("Without an entry")
    context = frame(
        request,
        "quarantine",
        title,
        gettext("What measures in public space and stands in no register yet."),
        crumbs=[
            (gettext("Desk"), reverse("desk")),
            (gettext("Put aside"), reverse("desk-quarantine")),
            (title, ""),
        ],
        does_demand=seen.demand is not Demand.NOTHING,
        does_refuse=seen.demand is Demand.REFUSE,
        table=_table(seen.found) if seen.found else None,
        is_whole=seen.is_whole,
        registers_url=below("/desk/registers/"),
    )
    return render(request, "observations/desk/without_entry.html", context)


def _table(found: Sequence[WithoutEntry]) -> Table:
    columns = [
        Column(gettext("Thing"), is_heading=True),
        Column(gettext("Department")),
        Column(gettext("Series"), is_number=True),
        Column(gettext("State")),
        Column(gettext("Messages put aside"), is_number=True),
        Column(gettext("The newest")),
        Column(gettext("Id for the entry")),
    ]
    rows = [
        Row(
            [
                Cell(one.thing.name, url=reverse("thing", args=(one.thing.uid,))),
                label(one.thing.department.name),
                number(one.series),
                gettext("is refused") if one.thing.awaits_entry else gettext("is taken"),
                number(one.aside) if one.aside else "–",
                moment(one.newest_at) if one.newest_at else "–",
                str(one.thing.uid),
            ]
        )
        for one in found
    ]
    return Table(gettext("Things without an entry"), columns, rows)
