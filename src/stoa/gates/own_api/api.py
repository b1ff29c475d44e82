# SPDX-License-Identifier: EUPL-1.2
"""The routes of our own API. Reading needs no key where the portal needs none; writing always needs one."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from time import monotonic
from typing import Any

from django.apps import apps
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import File, NinjaAPI, Query, UploadedFile
from ninja.errors import HttpError, ValidationError

from stoa.commons.cities.models import City
from stoa.commons.files.actions import content_of
from stoa.commons.lake.values import GroupBy
from stoa.commons.people.queries import departments
from stoa.commons.roles.values import Principal
from stoa.commons.sandbox.pace import Pace
from stoa.commons.words.fields import problem_in_words
from stoa.gates.own_api import shapes
from stoa.gates.own_api.callers import asked_by, writer
from stoa.ground.problems import NotFound, Problem, Refused
from stoa.ground.words import say
from stoa.houses.catalogue import door
from stoa.houses.catalogue.door import federation, usage
from stoa.standards import usagereport

federation_pace = Pace(burst=30, per_second=1.0)
"""Counts are summed anew for every question: so many a second in all, whoever asks."""


def known_key(request: HttpRequest) -> bool:
    """Whoever shows a key means to be somebody: an unknown one must not read on as an outsider (RFC 6750 section 3.1)."""
    shows_key = request.headers.get("Authorization", "").startswith("Bearer ")
    if shows_key and _reader(request).channel != "api":
        raise HttpError(401, "This key is unknown here, or it was revoked.")
    return True


api = NinjaAPI(
    auth=known_key,
    title="Stoa",
    version="1",
    urls_namespace="own_api",
    description="What the city portal can do, for programs.",
    docs_url=None,
)


def _problems(request: HttpRequest, status: int, title: str, problems: list[dict[str, Any]]) -> HttpResponse:
    """RFC 9457 problem details, with our problems beside."""
    body = {"type": "about:blank", "status": status, "title": title, "problems": problems}
    return HttpResponse(
        json.dumps(body, ensure_ascii=False), status=status, content_type="application/problem+json"
    )


_STATUS = {"catalogue.right_missing": 403, "catalogue.dataset_busy": 409}
"""Refusals that have a status of their own (RFC 9110 sections 15.5.4 and 15.5.10); the others are 422."""


@api.exception_handler(Refused)
def _refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    found = [problem_in_words(problem) for problem in refusal.problems]
    status = _STATUS.get(refusal.problem.code, 422)
    return _problems(request, status, found[0]["what"], found)


@api.exception_handler(NotFound)
@api.exception_handler(Http404)
def _not_found(request: HttpRequest, missing: Exception) -> HttpResponse:
    return _problems(request, 404, "There is no such thing, or you may not know of it.", [])


@api.exception_handler(ValidationError)
def _not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    found = [
        {
            "code": "api.value_wrong",
            "field": ".".join(str(p) for p in e["loc"]),
            "what": e["msg"],
            "why": "",
            "do": "",
        }
        for e in error.errors
    ]
    return _problems(request, 422, "Something in the request cannot be understood.", found)


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    answer = _problems(request, error.status_code, str(error), [])
    if error.status_code == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _city(request: HttpRequest) -> City:
    return asked_by(request)[0]


def _reader(request: HttpRequest) -> Principal:
    principal: Principal = request.principal  # type: ignore[attr-defined]
    return principal


def _note(request: HttpRequest, slug: str, rows: int = 0) -> None:
    """Count one use of a dataset; called when its answer is there."""
    usage.note(
        city=_city(request), uid=slug, gate="own_api", rows=rows, program=usage.is_program(request.headers)
    )


def _pairs(request: HttpRequest) -> list[tuple[str, str]]:
    own = {
        "limit",
        "after",
        "version",
        "on",
        "by",
        "measure",
        "of",
        "bucket",
        "split",
        "from",
        "to",
        "offset",
    }
    return [(name, value) for name, values in request.GET.lists() if name not in own for value in values]


def _day(text: str) -> datetime | None:
    """The end of a day in the city; an error says what was expected."""
    if not text:
        return None
    try:
        day = datetime.fromisoformat(text).date()
        return datetime.combine(day, time.max, timezone.get_current_timezone()).astimezone(UTC)
    except (ValueError, OverflowError):
        what = say("“%(text)s” is not a day.", text=text[:40])
        raise Refused(
            Problem(
                "api.day_unreadable", what, do=say("Write it as year-month-day, e.g. 2026-05-31."), field="on"
            )
        ) from None


@api.get("/datasets", response=shapes.SearchOut, tags=["datasets"])
def search(request: HttpRequest, asked: Query[shapes.SearchIn]) -> shapes.SearchOut:
    """Find datasets: words in `q`, filters with counts, twenty a page."""
    city = _city(request)
    chosen = asked.dict(exclude={"q", "order", "page", "department"})
    if asked.department:
        ids = {d.slug: str(d.pk) for d in departments(city)}
        chosen["department"] = ids.get(asked.department, "none")
    found = door.search(
        city=city, by=_reader(request), text=asked.q, chosen=chosen, order=asked.order, page=asked.page
    )
    return shapes.SearchOut.of(found, asked.page)


@api.get("/departments", response=list[shapes.DepartmentOut], tags=["departments"])
def list_departments(request: HttpRequest) -> list[shapes.DepartmentOut]:
    """All departments, each before those below it."""
    found = departments(_city(request))
    slugs = {d.pk: d.slug for d in found}
    return [
        shapes.DepartmentOut(slug=d.slug, name=d.name, parent=slugs.get(d.parent_id or 0, ""), email=d.email)
        for d in found
    ]


@api.get("/datasets/{slug:slug}", response=shapes.DatasetOut, tags=["datasets"])
def dataset(request: HttpRequest, slug: str) -> shapes.DatasetOut:
    """One dataset with its current version and dictionary."""
    found = door.dataset(city=_city(request), by=_reader(request), slug=slug)
    _note(request, slug)
    return shapes.DatasetOut.of(found)


@api.get("/datasets/{slug:slug}/versions", response=list[shapes.VersionOut], tags=["datasets"])
def versions(request: HttpRequest, slug: str) -> list[shapes.VersionOut]:
    """All versions, newest first."""
    found = door.versions(city=_city(request), by=_reader(request), slug=slug)
    _note(request, slug)
    return [shapes.VersionOut.of(card) for card in found]


@api.get("/datasets/{slug:slug}/rows", response=shapes.RowsOut, tags=["data"])
def rows(request: HttpRequest, slug: str, asked: Query[shapes.RowsIn]) -> shapes.RowsOut:
    """Rows: `f.<column>.<op>=value` filters (is, not, lt, lte, gt, gte, has, starts, in, empty, filled), `q` words,
    `sort=[-]column,...`, `columns=`; page on with `after`; `version=` or `on=` for an earlier state."""
    city, by = _city(request), _reader(request)
    on = _day(asked.on)
    query = door.question(city=city, by=by, slug=slug, pairs=_pairs(request), version=asked.version, on=on)
    page = door.rows(
        city=city,
        by=by,
        slug=slug,
        query=query,
        limit=asked.limit,
        after=asked.after,
        version=asked.version,
        on=on,
    )
    _note(request, slug, len(page.rows))
    return shapes.RowsOut.of(page)


@api.get("/datasets/{slug:slug}/groups", response=shapes.GroupsOut, tags=["data"])
def groups(request: HttpRequest, slug: str, asked: Query[shapes.GroupsIn]) -> shapes.GroupsOut:
    """Counts, sums and means by a column; the same filters as for rows."""
    city, reader = _city(request), _reader(request)
    query = door.question(city=city, by=reader, slug=slug, pairs=_pairs(request))
    question = GroupBy(asked.by, asked.measure, asked.of, asked.bucket, asked.split)
    found = door.groups(city=city, by=reader, slug=slug, query=query, question=question)
    _note(request, slug)
    return shapes.GroupsOut.of(found)


@api.get("/datasets/{slug:slug}/changes", response=shapes.ChangesOut, tags=["data"])
def changes(request: HttpRequest, slug: str, asked: Query[shapes.ChangesIn]) -> shapes.ChangesOut:
    """What changed between two versions, row by row."""
    found = door.compare(
        city=_city(request),
        by=_reader(request),
        slug=slug,
        old=asked.old,
        new=asked.new,
        limit=asked.limit,
        offset=asked.offset,
    )
    _note(request, slug)
    return shapes.ChangesOut.of(found)


@api.get("/federation/usage", tags=["federation"])
def federation_usage(request: HttpRequest, asked: Query[shapes.FederationIn]) -> dict[str, Any]:
    """How often datasets were used here that this portal harvested from another Stoa, by day: for that Stoa to ask.

    `origin` is how the address of that portal begins. Counts of finished days of the last two months, no persons;
    at most once a second, from any number of callers.
    """
    if federation_pace.wait_for("", monotonic()):
        raise HttpError(429, "Please ask again in a few seconds.")
    found = federation.uses_for_origin(city=_city(request), origin=asked.origin, since=asked.since)
    return usagereport.written(asked.since, found)


@api.post("/datasets", response={201: shapes.DatasetOut}, tags=["writing"])
def draft(request: HttpRequest, body: shapes.DraftIn) -> tuple[int, shapes.DatasetOut]:
    """Make a draft."""
    said = body.dict(exclude={"department", "title", "slug"})
    card = door.draft(
        city=_city(request),
        by=writer(request),
        department=body.department,
        title=body.title,
        slug=body.slug,
        **said,
    )
    return 201, shapes.DatasetOut.of(card)


@api.patch("/datasets/{slug:slug}", response=shapes.DatasetOut, tags=["writing"])
def describe(request: HttpRequest, slug: str, body: shapes.DescribeIn) -> shapes.DatasetOut:
    """Change what is said about a dataset."""
    said = body.dict(exclude_none=True)
    return shapes.DatasetOut.of(door.describe(city=_city(request), by=writer(request), slug=slug, **said))


@api.post("/datasets/{slug:slug}/files", response={202: shapes.ReadingOut}, tags=["writing"])
def take(
    request: HttpRequest, slug: str, file: File[UploadedFile], asked: Query[shapes.TakeIn]
) -> tuple[int, shapes.ReadingOut]:
    """Send a file; it is read in the background. With `publish`, a file that fits the agreed recipe is published."""
    card = door.take(
        city=_city(request),
        by=writer(request),
        slug=slug,
        chunks=content_of(file),
        name=file.name or "file",
        publishes_itself=asked.publish,
        note=asked.note,
    )
    return 202, shapes.ReadingOut.of(card)


@api.get("/files/{int:reading_id}", response=shapes.ReadingOut, tags=["writing"])
def reading(request: HttpRequest, reading_id: int) -> shapes.ReadingOut:
    """How far a file is, and what was understood of it."""
    return shapes.ReadingOut.of(door.reading(city=_city(request), by=_reader(request), reading_id=reading_id))


@api.post("/files/{int:reading_id}/publish", response={200: shapes.VersionOut, 204: None}, tags=["writing"])
def publish(
    request: HttpRequest, reading_id: int, body: shapes.PublishIn
) -> tuple[int, shapes.VersionOut | None]:
    """Make the next version from a file that was read; 204 if nothing changed."""
    card = door.publish(city=_city(request), by=writer(request), reading_id=reading_id, note=body.note)
    return (200, shapes.VersionOut.of(card)) if card else (204, None)


if apps.is_installed("stoa.houses.registers"):  # a house may be taken out, and the rest still runs
    from stoa.gates.own_api.register_routes import router as registers

    api.add_router("/registers", registers)

if apps.is_installed("stoa.houses.observations"):
    from stoa.gates.own_api.observation_routes import router as observations

    api.add_router("/observations", observations)
