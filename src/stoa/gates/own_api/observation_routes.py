# SPDX-License-Identifier: EUPL-1.2
"""The routes of observations: what series came to by the hour, and files of values that programs hand in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from ninja import File, Query, Router, UploadedFile
from ninja.errors import HttpError

from stoa.commons.files.actions import CHUNK, content_of
from stoa.commons.roles.values import Principal
from stoa.commons.sandbox.pace import Pace
from stoa.gates.own_api import observation_shapes as shapes
from stoa.gates.own_api.callers import asked_by, writer
from stoa.gates.own_api.hour_table import csv_pieces
from stoa.ground.addresses import network_of
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.observations.door import files

if TYPE_CHECKING:
    from stoa.houses.observations.door.history import Chosen

router = Router(tags=["observations"])
table_pace = Pace(burst=10, per_second=0.2)
"""A table may be ten million rows: so many of them for one key, or for one network that shows none."""
unknown_pace = Pace(burst=40, per_second=0.5)
"""And so many for all together who show no key, however many networks they come from."""
_YEARS = range(1900, 2201)


@router.get("/hours", response=shapes.HoursOut)
def hours(request: HttpRequest, asked: Query[shapes.HourPageIn]) -> shapes.HoursOut:
    """What series came to in each hour (UTC): all series that you may read, or those that you choose.

    By time, then by series; exact at this moment, however old. Go on with `after`.
    """
    from stoa.houses.observations.door import history  # brings pyarrow, which few processes need

    city, by = asked_by(request)
    since, until = _span(asked)
    page = history.hour_page(
        city=city,
        by=by,
        chosen=_chosen(asked),
        since=since,
        until=until,
        limit=asked.limit,
        after=asked.after,
    )
    return shapes.HoursOut.of(page)


@router.get(
    "/hours.csv",
    response={200: Any},
    openapi_extra={"responses": {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}},
)
def hours_table(request: HttpRequest, asked: Query[shapes.HoursIn]) -> HttpResponseBase:
    """The same as one table, in no order: at most ten million series times hours, a year of a thousand series."""
    from stoa.houses.observations.door import history  # brings pyarrow, which few processes need

    city, by = asked_by(request)
    since, until = _span(asked)
    _take_turn(request, by)
    labels, told = history.hour_portions(city=city, by=by, chosen=_chosen(asked), since=since, until=until)
    response = StreamingHttpResponse(csv_pieces(labels, told), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="hours.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def _take_turn(request: HttpRequest, by: Principal) -> None:
    """Whoever is known has a pace of their own, everybody else that of their network and a common one."""
    now, known = monotonic(), by.token_id or by.person_id
    caller = f"{by.city_id}/{known}" if known else network_of(str(request.META.get("REMOTE_ADDR", "")))
    if table_pace.wait_for(caller, now) or (not known and unknown_pace.wait_for("", now)):
        raise HttpError(429, "Please ask again in a few seconds.")


def _chosen(asked: shapes.HoursIn) -> Chosen:
    from stoa.houses.observations.door.history import Chosen

    return Chosen(tuple(asked.series), asked.thing, asked.property.strip())


def _span(asked: shapes.HoursIn) -> tuple[datetime, datetime]:
    until = _aware(asked.until, "to") if asked.until else timezone.now()
    since = _aware(asked.since, "from") if asked.since else until - timedelta(days=1)
    return since, until


def _aware(moment: datetime, field: str) -> datetime:
    if moment.year not in _YEARS:
        raise Refused(
            Problem(
                "api.moment_too_far",
                say("The year %(year)s is too far away.", year=moment.year),
                say("There are no values of that time."),
                say("Ask for a time between 1900 and 2200."),
                field=field,
            )
        )
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@router.get("/files/{int:number}", response=shapes.FileOut, url_name="file_report")
def file_report(request: HttpRequest, number: int) -> shapes.FileOut:
    """How far a file is: what was written, what was refused and why."""
    city, by = asked_by(request)
    found = files.handed_in(city=city, by=by, number=number)
    address = request.build_absolute_uri(reverse("own_api:file_report", kwargs={"number": number}))
    return shapes.FileOut.of(found, address)


_ANY_BODY = {
    "requestBody": {
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    }
}


@router.post("/files", response={202: shapes.FileOut})
def send_file(
    request: HttpRequest, response: HttpResponse, file: File[UploadedFile], asked: Query[shapes.FileIn]
) -> tuple[int, shapes.FileOut]:
    """Send a file of values as a form; it is written by its recipe in the background.

    `Location` is the address of its report. If its recipe does not fit, nothing is written and it waits at the desk.
    """
    return _taken(request, response, content_of(file), file.name or "file", asked.recipe)


@router.put("/files/{name}", response={202: shapes.FileOut}, openapi_extra=_ANY_BODY)
def put_file(
    request: HttpRequest, response: HttpResponse, name: str, asked: Query[shapes.FileIn]
) -> tuple[int, shapes.FileOut]:
    """The same with the file as the body, as `curl -T` sends it; `name` is its name, whose ending says what it is."""
    chunks = iter(lambda: request.read(CHUNK), b"")
    return _taken(request, response, chunks, name, asked.recipe)


def _taken(
    request: HttpRequest, response: HttpResponse, chunks: Iterable[bytes], name: str, recipe: str
) -> tuple[int, shapes.FileOut]:
    city, _by = asked_by(request)
    made = files.hand_in(
        city=city, by=writer(request), chunks=chunks, name=name.replace("\0", "")[:255], recipe=recipe
    )
    address = request.build_absolute_uri(reverse("own_api:file_report", kwargs={"number": made.number}))
    response["Location"] = address
    return 202, shapes.FileOut.of(made, address)
