# SPDX-License-Identifier: EUPL-1.2
"""The values of a series as CSV (RFC 4180), sent while they are read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from stoa.commons.cities.acting import acting_in
from stoa.commons.people.pages.desk import city_of, principal_of
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.observations.models import Datastream
from stoa.houses.observations.pages.public.opening import public_page
from stoa.houses.observations.queries.history import Reading, walk
from stoa.houses.observations.queries.series_page import BEGINNING, series_of
from stoa.houses.observations.rules.results import result_of
from stoa.houses.observations.terms import NO_RESULT_TIME, ResultType
from stoa.standards.csvsafe import harmless

AT_ONCE = 5_000
END = datetime.fromisoformat("2262-01-01T00:00:00+00:00")
HEADINGS = ("time", "until", "result", "unit", "quality", "result_time")


@public_page
def values(request: HttpRequest, uid: Any) -> HttpResponseBase:
    """All values, or those from `since` on and before `until`, oldest first."""
    found = series_of(city=city_of(request), by=principal_of(request), uid=uid)
    since = _moment(request.GET.get("since", ""), BEGINNING)
    until = _moment(request.GET.get("until", ""), END)
    response = StreamingHttpResponse(_pieces(found, since, until), content_type="text/csv; charset=utf-8")
    name = slugify(f"{found.thing.name} {found.name}")[:80] or "series"
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.csv") or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


def _moment(text: str, otherwise: datetime) -> datetime:
    """A moment of the question in the address. Raises Refused `observations.time_unreadable`."""
    if not text:
        return otherwise
    try:
        # A plus sign that was not escaped arrives as a space.
        found = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        found = None
    if found is None:
        raise Refused(
            Problem(
                "observations.time_unreadable",
                say("The time cannot be read: %(time)s", time=text[:60]),
                say("Without it nobody knows which values are wanted."),
                say("Write times as 2030-01-31T12:00:00Z."),
            )
        )
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def _pieces(series: Datastream, since: datetime, until: datetime) -> Iterator[bytes]:
    """Each portion is read in a transaction of its own: a slow reader must not hold one open."""
    rows = walk(city_id=series.city_id, series=series.pk, since=since, until=until)
    heading: tuple[Any, ...] = HEADINGS
    while True:
        with acting_in(series.city_id):
            portion = list(islice(rows, AT_ONCE))
        written = io.StringIO()
        writer = csv.writer(written, lineterminator="\r\n")
        if heading:
            writer.writerow(heading)
            heading = ()
        writer.writerows(_cells(series, one) for one in portion)
        yield written.getvalue().encode()
        if len(portion) < AT_ONCE:
            return


def _cells(series: Datastream, one: Reading) -> tuple[Any, ...]:
    result = result_of(series.result_type, one.number, one.text, one.json)
    return (
        one.at.isoformat(),
        one.until.isoformat() if one.until else "",
        _written(result, series.result_type),
        harmless(series.unit_code or series.unit_symbol),
        one.quality,
        "" if one.result_at == NO_RESULT_TIME else one.result_at.isoformat(),
    )


def _written(result: Any, kind: str) -> str:
    if isinstance(result, str):
        return harmless(result)
    if kind == ResultType.NUMBER and isinstance(result, float):
        return repr(result)
    return json.dumps(result, ensure_ascii=False)
