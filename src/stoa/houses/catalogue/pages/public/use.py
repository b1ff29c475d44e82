# SPDX-License-Identifier: EUPL-1.2
"""How much data is used and what that is worth: of one dataset, and of the whole portal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext

from stoa.commons.cities.models import City
from stoa.houses.catalogue.models import OpenDataPolicy
from stoa.houses.catalogue.pages.public.addresses import address
from stoa.houses.catalogue.pages.public.opening import (
    city_of,
    frame,
    open_dataset,
    principal_of,
    public_page,
    way,
)
from stoa.houses.catalogue.queries.access import today_in
from stoa.houses.catalogue.queries.federation import UsedThrough, used_through
from stoa.houses.catalogue.queries.policy import policy_of
from stoa.houses.catalogue.queries.usage import (
    DaySum,
    Kept,
    assumptions_of,
    downloads_by_people,
    kept_datasets,
    may_see_value,
    most_used,
    taken_part,
    uses_by_day,
)
from stoa.houses.catalogue.rules.value import Value, value_of
from stoa.houses.catalogue.terms import USAGE_LABELS, UsageKind
from stoa.web.notation import day as in_day
from stoa.web.notation import label, number
from stoa.web.parts import Cell, Chart, ChartKind, Column, Row, Table

PERIODS = (30, 90, 365)


def _period(request: HttpRequest, city: City) -> tuple[int, date]:
    """How many days are looked at (`?days=`), and the first of them."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(one) for one in PERIODS} else PERIODS[0]
    return days, today_in(city) - timedelta(days=days - 1)


@public_page
def use(request: HttpRequest, slug: str) -> HttpResponseBase:
    """How much one dataset is used, and what that is worth."""
    opened, city = open_dataset(request, slug), city_of(request)
    policy = policy_of(city)
    if not may_see_value(policy, principal_of(request), opened.dataset.department_id):
        raise Http404
    days, since = _period(request, city)
    summed = uses_by_day(city=city, since=since, dataset=opened.dataset)
    kept = kept_datasets(city=city)
    is_by_itself = hasattr(opened.dataset, "source")
    worth = value_of(
        downloads=downloads_by_people(summed),
        by_hand=0 if is_by_itself else 1,
        by_itself=1 if is_by_itself else 0,
        days=days,
        platform_share=1 / max(1, kept.all),
        assumed=assumptions_of(policy),
    )
    lead = gettext(
        "How often it was looked at, taken and asked by programs. Uses are counted, people are not watched."
    )
    context = frame(request, opened, "use", lead=lead)
    context |= _figures(summed, since, days) | _worth(policy, worth, days)
    context["part"] = taken_part(city=city, since=since, dataset=opened.dataset)
    context["elsewhere"] = _elsewhere(used_through(city=city, since=since, dataset=opened.dataset))
    return render(request, "catalogue/public/use.html", context)


@public_page
def value(request: HttpRequest) -> HttpResponseBase:
    """The whole portal: uses, what people made and asked for, time saved, cost."""
    city, by = city_of(request), principal_of(request)
    policy = policy_of(city)
    if not may_see_value(policy, by):
        raise Http404
    days, since = _period(request, city)
    summed, kept = uses_by_day(city=city, since=since), kept_datasets(city=city)
    worth = _worth_of_all(summed, kept, days, policy)
    context = {
        "title": gettext("What the city's data is worth"),
        "lead": gettext("How much the data is used, what people made of it, and what it saves and costs."),
        "crumbs": [*way(request), (gettext("Value"), "")],
        "part": taken_part(city=city, since=since),
        "kept": kept,
        "is_public": policy.is_value_public,
    }
    context |= _figures(summed, since, days) | _worth(policy, worth, days)
    used = most_used(city=city, principal=by, since=since)
    context["most_used"] = _most_used(used) if used else None
    context["elsewhere"] = _elsewhere(used_through(city=city, since=since))
    return render(request, "catalogue/public/value.html", context)


def _worth_of_all(summed: Sequence[DaySum], kept: Kept, days: int, policy: OpenDataPolicy) -> Value:
    return value_of(
        downloads=downloads_by_people(summed),
        by_hand=kept.by_hand,
        by_itself=kept.by_itself,
        days=days,
        platform_share=1,
        assumed=assumptions_of(policy),
    )


def _figures(summed: Sequence[DaySum], since: date, days: int) -> dict[str, Any]:
    """Large figures, the chart by day, the table by kind."""

    def count(*kinds: UsageKind, program: bool | None = None) -> int:
        return sum(
            one.uses for one in summed if one.kind in kinds and (program is None or one.program is program)
        )

    figures = [
        (number(count(UsageKind.PAGE, program=False)), gettext("pages read by people")),
        (number(count(UsageKind.DOWNLOAD)), gettext("files taken")),
        (number(count(UsageKind.API, UsageKind.SQL)), gettext("questions by programs and SQL")),
        (number(sum(one.rows for one in summed)), gettext("rows handed out")),
    ]
    return {
        "figures": figures,
        "use_chart": _chart(summed, since, days) if summed else None,
        "kinds_table": _kinds(summed) if summed else None,
        "periods": [(n, gettext("%(n)s days") % {"n": n}, n == days) for n in PERIODS],
        "since": since,
        "days": days,
    }


def _chart(summed: Sequence[DaySum], since: date, days: int) -> Chart:
    """People and programs by day, by month over a year; map tiles are left out, a glance asks for dozens."""
    by_month = days > PERIODS[1]
    spread: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for n in range(days):
        spread[_begin(since + timedelta(days=n), by_month=by_month)]
    for one in summed:
        if one.kind is not UsageKind.TILE:
            spread[_begin(one.day, by_month=by_month)][int(one.program)] += one.uses
    rows = [
        Row([Cell(_named(at, by_month=by_month), at.isoformat()), *(Cell(number(n), str(n)) for n in counts)])
        for at, counts in sorted(spread.items())
    ]
    total = [sum(counts[n] for counts in spread.values()) for n in (0, 1)]
    facts = {"people": number(total[0]), "programs": number(total[1])}
    columns = [
        Column(gettext("Month") if by_month else gettext("Day"), is_heading=True),
        Column(gettext("People"), is_number=True),
        Column(gettext("Programs"), is_number=True),
    ]
    return Chart(
        ChartKind.LINE,
        gettext("Used %(people)s times by people and %(programs)s times by programs") % facts,
        Table(gettext("Uses by day, without map tiles"), columns, rows, is_tall=True),
        gettext("Uses, without map tiles"),
        gettext("Source: counts of the portal since %(day)s") % {"day": in_day(since)},
    )


def _begin(at: date, *, by_month: bool) -> date:
    return at.replace(day=1) if by_month else at


def _named(at: date, *, by_month: bool) -> str:
    return str(date_format(at, "F Y")) if by_month else in_day(at)


def _kinds(summed: Sequence[DaySum]) -> Table:
    counts: dict[UsageKind, list[int]] = {kind: [0, 0, 0] for kind in UsageKind}
    for one in summed:
        counts[one.kind][int(one.program)] += one.uses
        counts[one.kind][2] += one.rows
    columns = [
        Column(gettext("Kind of use"), is_heading=True),
        Column(gettext("People"), is_number=True),
        Column(gettext("Programs"), is_number=True),
        Column(gettext("Rows handed out"), is_number=True),
    ]
    rows = [
        Row([gettext(USAGE_LABELS[kind]), *(Cell(number(n), str(n)) for n in line)])
        for kind, line in counts.items()
    ]
    return Table(gettext("Uses by kind"), columns, rows)


def _most_used(used: Sequence[Any]) -> Table:
    columns = [
        Column(gettext("Dataset"), is_heading=True),
        Column(gettext("People"), is_number=True),
        Column(gettext("Programs"), is_number=True),
        Column(gettext("Rows handed out"), is_number=True),
    ]
    rows = [
        Row(
            [
                Cell(label(one.dataset.title), url=address("dataset-use", one.dataset.slug)),
                *(Cell(number(n), str(n)) for n in (one.people, one.programs, one.rows)),
            ]
        )
        for one in used
    ]
    return Table(gettext("The datasets that are used most"), columns, rows, is_caption_hidden=True)


def _elsewhere(through: Sequence[UsedThrough]) -> Table | None:
    """What other portals told of their use of our data; none where no portal told anything."""
    if not through:
        return None
    columns = [
        Column(gettext("Portal"), is_heading=True),
        Column(gettext("People"), is_number=True),
        Column(gettext("Programs"), is_number=True),
        Column(gettext("Rows handed out"), is_number=True),
    ]
    rows = [
        Row(
            [
                Cell(gettext("used through %(portal)s") % {"portal": one.title}, url=one.url),
                *(Cell(number(n), str(n)) for n in (one.people, one.programs, one.rows)),
            ]
        )
        for one in through
    ]
    return Table(gettext("Used through other portals"), columns, rows, is_caption_hidden=True)


def _money(cents: int, currency: str) -> str:
    return f"{number(round(cents / 100))} {currency}"


def _hours(minutes: float) -> str:
    return number(round(minutes / 60, 1))


def _worth(policy: OpenDataPolicy, worth: Value, days: int) -> dict[str, Any]:
    """Saved and spent, and the formula in words with the city's own numbers."""
    facts = {
        "uses": number(policy.uses_for_request),
        "minutes": number(policy.request_minutes),
        "hour": _money(policy.hour_cost_cents, policy.currency),
        "keeping": number(policy.keeping_minutes),
        "platform": _money(policy.platform_cents, policy.currency),
    }
    formula = [
        gettext("One in %(uses)s downloads by people would have been a request by letter, mail or telephone.")
        % facts,
        gettext("Answering such a request by hand takes %(minutes)s minutes.") % facts,
        gettext("An hour of work costs %(hour)s.") % facts,
        gettext(
            "Looking after a dataset takes %(keeping)s minutes a month; a tenth of it where files come by themselves."
        )
        % facts,
        gettext("The platform costs %(platform)s a month.") % facts,
    ]
    return {
        "worth": [
            (_hours(worth.minutes_saved), gettext("hours saved, because nobody had to ask"), ""),
            (_money(worth.cents_saved, policy.currency), gettext("saved"), ""),
            (_hours(worth.minutes_spent), gettext("hours spent on keeping it"), ""),
            (_money(worth.cents_spent, policy.currency), gettext("spent"), ""),
        ],
        "formula": formula,
    }
