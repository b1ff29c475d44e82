# SPDX-License-Identifier: EUPL-1.2
"""One series: its latest value, its course as a chart and a table, its single values, and how programs read it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext

from stoa.commons.people.pages.desk import city_of, principal_of
from stoa.houses.observations.models import Datastream, SeriesState
from stoa.houses.observations.pages.alerts.cards import cards_for
from stoa.houses.observations.pages.lines import (
    Line,
    line_of,
    quality_words,
    series_words,
    span_words,
    value_words,
)
from stoa.houses.observations.pages.live_links import datasets_of
from stoa.houses.observations.pages.public.course import chart_of, span_tabs
from stoa.houses.observations.pages.public.opening import below, public_page, way
from stoa.houses.observations.pages.public.programs import snippets_of
from stoa.houses.observations.pages.public.thing import entries_of, entry_links, register_state
from stoa.houses.observations.queries.alerts import open_alerts
from stoa.houses.observations.queries.history import Reading
from stoa.houses.observations.queries.now import SeriesNow, hourly_means
from stoa.houses.observations.queries.rules import rules_of_series
from stoa.houses.observations.queries.series_page import (
    AFTER,
    course_of,
    marks_of,
    newest_values,
    series_of,
    state_of,
)
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.rules.results import result_of
from stoa.houses.observations.rules.showing import own_name
from stoa.houses.observations.terms import Access, Quality, ResultType
from stoa.web.notation import day, label, moment, number
from stoa.web.parts import Cell, Column, Row, Table

VALUES = 50
PLOTTED = {ResultType.NUMBER, ResultType.COUNT}
Fact = tuple[str, str, str]


@public_page
def series(request: HttpRequest, uid: Any) -> HttpResponseBase:
    """The page of a series; a dozen queries, whatever its history."""
    city, by = city_of(request), principal_of(request)
    found = series_of(city=city, by=by, uid=uid)
    state = state_of(found)
    span = request.GET.get("span", "")
    span = span if span in {"day", "week", "month", "year", "all"} else "week"
    entries = entries_of(found.thing)
    context = {
        "title": series_words(found),
        "lead": found.description or found.observed_property.description,
        "crumbs": way(
            request,
            (found.thing.name, reverse("thing", args=(found.thing.uid,))),
            (own_name(found.thing.name, found.name), ""),
        ),
        "series": found,
        "department": label(found.thing.department.name),
        "facts": _facts(found, state),
        "entries": entry_links(entries),
        "datasets": datasets_of(city, by, found),
        **register_state(found.thing, entries),
        "is_internal": Access.INTERNAL in {found.access, found.thing.access},
        "snippets": snippets_of(request, found),
        "alerts": cards_for(by, open_alerts(city=city, by=by, series=[found.pk])),
        "may_see_desk": by.may(Permission.SEE_INTERNAL),
        "marks": [(one, quality_words(one.quality)) for one in marks_of(found)],
        "file_url": reverse("series-file", args=(uid,)),
        "may_judge": by.may(Permission.JUDGE_QUALITY, found.thing.department_id),
        "may_watch": by.may(Permission.KEEP_RULES),
        "rules": rules_of_series(series=found, by=by) if by.is_inside else [],
        **(_values(request, found, state, span) if state and state.at else {}),
    }
    return render(request, "observations/public/series.html", context)


def _values(request: HttpRequest, found: Datastream, state: SeriesState, span: str) -> dict[str, Any]:
    """What only a series with values has."""
    until = _before(request.GET.get("before", "")) or (state.at or timezone.now()) + AFTER
    page, next_until = newest_values(series=found, until=until, most=VALUES)
    plots = found.result_type in PLOTTED and found.multi is None
    zone = str(timezone.get_current_timezone())
    course = course_of(series=found, state=state, span=span, zone=zone) if plots else None
    line = _line(found, state)
    return {
        "line": line,
        "live_url": f"{below('/live/events')}?datastream={found.pk}",
        "chart": chart_of(found, course) if course and course.buckets else None,
        "tabs": span_tabs(),
        "span": span,
        "table": _table(found, page),
        "older_url": _page_url(span, next_until) if next_until else "",
        "newest_url": _page_url(span, None) if request.GET.get("before") else "",
        "span_file": _span_file(found, page) if page else "",
    }


def _line(found: Datastream, state: SeriesState) -> Line:
    now = timezone.now()
    seen = SeriesNow(
        found.pk, found.uid, found.name, found.unit_symbol, found.expected_interval_s, found.thing.uid,
        found.thing.name, found.thing.department.name, found.observed_property_id, found.observed_property.name,
        state.at, state.quality, state.count, state.box, found.result_type,
        result_of(found.result_type, state.number, state.text, state.json),
    )  # fmt: skip
    means = hourly_means(series=[found.pk], since=now - timedelta(hours=24))
    return line_of(seen, means[found.pk], now)


def _facts(found: Datastream, state: SeriesState | None) -> list[Fact]:
    unit = (
        f"{found.unit_name} ({found.unit_symbol})"
        if found.unit_name and found.unit_symbol
        else found.unit_name or found.unit_symbol
    )
    interval = span_words(found.expected_interval_s) if found.expected_interval_s else ""
    facts = [
        (gettext("Place"), found.thing.name, reverse("thing", args=(found.thing.uid,))),
        (gettext("What is measured"), found.observed_property.name, _web(found.observed_property.definition)),
        (gettext("Measured by"), found.sensor.name, ""),
        (gettext("Unit"), unit, ""),
        (gettext("Code of the unit (UCUM)"), found.unit_code, ""),
        (gettext("A value is expected every"), interval, ""),
        (gettext("Single values are kept"), _kept(found), ""),
        (
            gettext("Department"),
            label(found.thing.department.name),
            below(f"/departments/{found.thing.department.slug}"),
        ),
        (gettext("Contact"), found.thing.department.email, f"mailto:{found.thing.department.email}"),
    ]
    if state and state.first_at and state.at:
        facts += [
            (gettext("Number of values"), number(state.count), ""),
            (gettext("First value"), moment(state.first_at), ""),
            (gettext("Latest value"), moment(state.at), ""),
        ]
    return [fact for fact in facts if fact[1]]


def _web(definition: str) -> str:
    return definition if definition.startswith(("https://", "http://")) else ""


def _kept(found: Datastream) -> str:
    return span_words(found.keep_days * 86_400) if found.keep_days else gettext("for ever")


def _before(text: str) -> datetime | None:
    """The moment in an address; None: it cannot be read."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and timezone.is_aware(found) else None


def _page_url(span: str, before: datetime | None) -> str:
    told = {"span": span} | ({"before": before.isoformat()} if before else {})
    return f"?{urlencode(told)}#values"


def _span_file(found: Datastream, page: list[Reading]) -> str:
    """The values of this page as a file."""
    told = {"since": page[-1].at.isoformat(), "until": (page[0].at + AFTER).isoformat()}
    return f"{reverse('series-file', args=(found.uid,))}?{urlencode(told)}"


def _table(found: Datastream, page: list[Reading]) -> Table:
    columns = [
        Column(gettext("When"), is_heading=True),
        Column(gettext("Value"), unit=found.unit_symbol, is_number=found.result_type in PLOTTED),
        Column(gettext("Quality")),
    ]
    return Table(gettext("Single values, newest first"), columns, [_row(found, one) for one in page])


def _row(found: Datastream, one: Reading) -> Row:
    result = result_of(found.result_type, one.number, one.text, one.json)
    corrected = [gettext("corrected")] if one.revision and one.quality == Quality.NOT_EVALUATED else []
    return Row(
        [
            Cell(
                _exact_moment(one.at) + (f" – {_exact_moment(one.until)}" if one.until else ""),
                one.at.isoformat(),
            ),
            Cell(value_words(found.result_type, result), "" if one.number is None else repr(one.number)),
            Cell(", ".join([quality_words(one.quality), *corrected])),
        ]
    )


def _exact_moment(when: datetime) -> str:
    """With seconds where there are some, for values that come more often than every minute."""
    local = timezone.localtime(when)
    return f"{day(local)}, {local:%H:%M:%S}" if local.second else f"{day(local)}, {local:%H:%M}"
