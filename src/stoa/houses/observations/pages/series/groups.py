# SPDX-License-Identifier: EUPL-1.2
"""Groups of series that are datasets: those there are, those one could have, and what is said of one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stoa.commons.people.pages.desk import city_of, desk_page, principal_of
from stoa.ground.problems import NotFound, Problem, Refused
from stoa.houses.catalogue import door as catalogue
from stoa.houses.observations.actions import grouping
from stoa.houses.observations.models import SeriesGroup
from stoa.houses.observations.pages.desk.opening import done
from stoa.houses.observations.pages.public.opening import below
from stoa.houses.observations.pages.series.group_form import GroupForm, initial_of
from stoa.houses.observations.pages.series.opening import framed
from stoa.houses.observations.queries.devices import departments_for
from stoa.houses.observations.queries.groups import Offer, group_for, groups_for, members_of, offers_for
from stoa.houses.observations.terms import GROUP_KINDS, GroupKind
from stoa.web.notation import in_words, label, moment, number
from stoa.web.parts import Cell, Column, Row, Table

SHOWN = 200


@desk_page
@require_safe
def groups(request: HttpRequest) -> HttpResponseBase:
    """All groups of this person's departments, and what could be one more."""
    city, by = city_of(request), principal_of(request)
    context = framed(
        request,
        gettext("Series as datasets"),
        gettext(
            "Series that belong together are given out as one open dataset, with a version for every day."
        ),
        crumbs=[(gettext("Desk"), reverse("desk")), (gettext("Series as datasets"), "")],
    )
    context |= {
        "entries": [_entry(one) for one in groups_for(city=city, by=by)],
        "offers": [_offer(one) for one in offers_for(city=city, by=by)],
    }
    return render(request, "observations/series/groups.html", context)


def _entry(group: SeriesGroup) -> dict[str, Any]:
    which = {
        GroupKind.PROPERTY: group.observed_property.name if group.observed_property else "",
        GroupKind.THINGS: group.entity_type.rpartition("/")[2],
    }.get(GroupKind(group.kind), "")
    return {
        "group": group,
        "title": label(group.title),
        "department": label(group.department.name),
        "kind": ": ".join(filter(None, [gettext(GROUP_KINDS[GroupKind(group.kind)]), which])),
        "problem": Problem.from_json(group.problem) if group.problem else None,
        "dataset_url": below(f"/desk/datasets/{group.dataset}") if group.dataset else "",
    }


def _offer(offer: Offer) -> dict[str, Any]:
    asked = urlencode({"department": offer.department.pk, "property": offer.property_id})
    return {
        "name": offer.property,
        "department": label(offer.department.name),
        "series": offer.series,
        "url": f"{reverse('desk-group-new')}?{asked}",
    }


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """Set up a group; the address may say for which property of which department."""
    city, by = city_of(request), principal_of(request)
    form = GroupForm(
        city, by, departments_for(city=city, principal=by), request.POST or None, initial=_suggested(request)
    )
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                group = grouping.set_up_group(
                    city=city, by=by, department=form.chosen_department, **form.said
                )
        except Refused as refusal:
            form.add_error(None, in_words(refusal.problem.what))
        else:
            words = gettext("Set up. The first version is made within a few minutes.")
            return done(request, words, "desk-group", group.uid)
    title = gettext("New dataset of series")
    context = framed(request, title) | {"form": form}
    return render(request, "observations/series/group_new.html", context, status=_status(request))


def _status(request: HttpRequest) -> int:
    return 422 if request.method == "POST" else 200


def _suggested(request: HttpRequest) -> dict[str, Any]:
    """What the offer that was followed says, with words to begin with."""
    city, by = city_of(request), principal_of(request)
    asked = (request.GET.get("department", ""), request.GET.get("property", ""))
    offer = next(
        (o for o in offers_for(city=city, by=by) if (str(o.department.pk), str(o.property_id)) == asked), None
    )
    if offer is None:
        return {}
    found: dict[str, Any] = {
        "department": asked[0],
        "kind": GroupKind.PROPERTY,
        "observed_property": asked[1],
    }
    for code in city.languages:
        with override(code):
            facts = {"property": offer.property, "department": label(offer.department.name)}
            found[f"title_{code}"] = gettext("%(property)s, measured by %(department)s") % facts
            found[f"description_{code}"] = (
                gettext(
                    "Single values of all sensors of %(department)s for %(property)s, with time, place and quality."
                    " Values that people or rules found bad are in it, marked as such."
                )
                % facts
            )
    return found


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def group(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """One group: how its dataset stands, its series, and what is said of it."""
    city, by = city_of(request), principal_of(request)
    found = group_for(city=city, by=by, uid=uid)
    form = GroupForm(city, by, [], request.POST or None, initial=initial_of(found), group=found)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                grouping.change_group(group=found, by=by, **form.said)
        except Refused as refusal:
            form.add_error(None, in_words(refusal.problem.what))
        else:
            return done(request, gettext("Your changes are kept."), "desk-group", uid)
    members = members_of(found)
    context = framed(request, label(found.title))
    context |= {
        "form": form,
        "group": found,
        "problem": Problem.from_json(found.problem) if found.problem else None,
        "facts": _facts(found, len(members)),
        "table": _table(found) if members else None,
        "more": max(0, len(members) - SHOWN),
        **_dataset(request, found),
    }
    return render(request, "observations/series/group.html", context, status=_status(request))


def _facts(group: SeriesGroup, series: int) -> list[tuple[str, ...]]:
    facts: list[tuple[str, ...]] = [
        (gettext("Department"), label(group.department.name)),
        (gettext("Series"), number(series)),
    ]
    if group.reaches_to:
        facts.append((gettext("Values before"), moment(group.reaches_to)))
    if group.tried_at:
        facts.append((gettext("Last looked for new values"), moment(group.tried_at)))
    return facts


def _dataset(request: HttpRequest, group: SeriesGroup) -> dict[str, Any]:
    """The dataset as far as there is one, and whether it could be opened."""
    if not group.dataset:
        return {}
    try:
        card = catalogue.dataset(city=group.city, by=principal_of(request), slug=group.dataset)
    except NotFound:
        return {}
    is_open = card.access == "open"
    return {
        "dataset": card,
        "dataset_url": below(f"/datasets/{card.slug}"),
        "is_open": is_open,
        "could_open": not is_open and grouping.is_public(group),
    }


def _table(group: SeriesGroup) -> Table:
    columns = [
        Column(gettext("Series"), is_heading=True),
        Column(gettext("What is measured")),
        Column(gettext("Unit")),
        Column(gettext("Who may read it")),
    ]
    rows = [
        Row(
            [
                Cell(one.thing, url=reverse("series", args=(one.uid,))),
                one.property,
                one.unit,
                gettext("everybody") if one.is_open else gettext("only the administration"),
            ]
        )
        for one in members_of(group)[:SHOWN]
    ]
    return Table(gettext("Series of this dataset"), columns, rows)


@desk_page
@require_POST
def deed(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Make a version now, open the dataset, or give the group up, as the button says."""
    city, by = city_of(request), principal_of(request)
    found = group_for(city=city, by=by, uid=uid)
    asked = request.POST.get("deed", "")
    try:
        with transaction.atomic():
            if asked == "now":
                grouping.ask_version(group=found, by=by)
            elif asked == "open":
                grouping.open_group(group=found, by=by)
            elif asked == "remove":
                grouping.remove_group(group=found, by=by)
            else:
                raise PermissionDenied
    except Refused as refusal:
        messages.error(request, f"{in_words(refusal.problem.what)} {in_words(refusal.problem.do)}")
        return HttpResponseRedirect(reverse("desk-group", args=(uid,)))
    words = {
        "now": gettext("If anything is new, a version is made within a few minutes."),
        "open": gettext("Everybody may read the dataset now."),
        "remove": gettext("No more versions are made. The dataset stays in the catalogue."),
    }[asked]
    return (
        done(request, words, "desk-groups") if asked == "remove" else done(request, words, "desk-group", uid)
    )
