# SPDX-License-Identifier: EUPL-1.2
"""The page on which everybody may ask in SQL: the question, the answer in every form, and what can be asked about."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt

from stoa.commons.sandbox import tickets
from stoa.commons.sandbox.pace import Pace
from stoa.commons.sandbox.refusals import asked_too_often
from stoa.ground.addresses import network_of
from stoa.ground.problems import Problem, Refused
from stoa.houses.catalogue.actions.counting import note_use
from stoa.houses.catalogue.door import sql as door
from stoa.houses.catalogue.models import Dataset
from stoa.houses.catalogue.pages.public.addresses import address
from stoa.houses.catalogue.pages.public.opening import city_of, principal_of, public_page, way
from stoa.houses.catalogue.pages.public.sql_drawing import (
    answer_chart,
    answer_map,
    answer_table,
    rows_words,
    tells_all,
)
from stoa.houses.catalogue.queries.answers import scratch
from stoa.houses.catalogue.queries.tables import datasets_as_tables
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.rules.counting import asks_as_program
from stoa.houses.catalogue.rules.sql_examples import Known, examples
from stoa.houses.catalogue.rules.table_names import table_name
from stoa.houses.catalogue.terms import UsageKind
from stoa.web.notation import label, number

SHOWN_ROWS = 1000
LISTED = 60
_OF_EXAMPLES = 12
_pace = Pace()


@dataclass(frozen=True, slots=True)
class Sent:
    """What came with a request: the statement, and the ticket by which it can be cancelled."""

    statement: str
    ticket: str

    @classmethod
    def of(cls, request: HttpRequest) -> Sent:
        form = request.POST if request.method == "POST" else request.GET
        return cls(form.get("query", "").replace("\r\n", "\n"), form.get("ticket", ""))


def keep_pace(request: HttpRequest) -> None:
    """Refuse a caller who asks too often."""
    principal = principal_of(request)
    address = str(request.META.get("REMOTE_ADDR", ""))
    caller = f"p{principal.person_id}" if principal.person_id else network_of(address)
    wait = _pace.wait_for(caller, time.monotonic())
    if wait:
        raise asked_too_often(max(1, round(wait + 0.5)))


def answered(request: HttpRequest, sent: Sent, *, limit: int) -> door.SqlAnswer:
    """The answer to what was sent, cancellable by its ticket; counted as one use of every dataset in it."""
    keep_pace(request)
    with tickets.running(scratch(), sent.ticket) as is_cancelled:
        answer = door.run(
            city=city_of(request),
            by=principal_of(request),
            statement=sent.statement,
            limit=limit,
            is_cancelled=is_cancelled,
        )
    count_question(request, answer.tables, len(answer.rows))
    return answer


def count_question(request: HttpRequest, slugs: tuple[str, ...], rows: int) -> None:
    program = asks_as_program(
        user_agent=request.headers.get("User-Agent", ""),
        accept=request.headers.get("Accept", ""),
        has_key="Authorization" in request.headers,
    )
    for slug in slugs:
        note_use(
            city=city_of(request), dataset=slug, gate="sql", kind=UsageKind.SQL, rows=rows, program=program
        )


# A question changes nothing, so a foreign page may well send one; long ones do not fit into an address.
@csrf_exempt
def ask(request: HttpRequest) -> HttpResponseBase:
    """The page, with the answer if there is a question."""
    return _page(request)


def _sql(request: HttpRequest) -> HttpResponse:
    sent = Sent.of(request)
    answer: door.SqlAnswer | None = None
    problems: tuple[Problem, ...] = ()
    if sent.statement.strip():
        try:
            answer = answered(request, sent, limit=SHOWN_ROWS)
        except Refused as refusal:
            problems = refusal.problems
    context = {
        "title": gettext("Ask in SQL"),
        "lead": gettext("Put your own question to the city's open data, and take the answer with you."),
        "crumbs": [*way(request), (gettext("Data"), address("datasets")), (gettext("Ask in SQL"), "")],
        "statement": sent.statement,
        "problems": problems,
        "ticket": secrets.token_hex(16),
        "names_url": address("sql-names"),
        "cancel_url": address("sql-cancel"),
        "action": address("sql"),
    }
    context |= _answer(request, sent, answer) if answer else {}
    context |= _offer(request)
    return render(request, "catalogue/public/sql.html", context, status=_status(problems))


_page = public_page(_sql, methods=("GET", "HEAD", "POST"))


def _status(problems: tuple[Problem, ...]) -> int:
    codes = {problem.code for problem in problems}
    if "sql.asked_too_often" in codes:
        return 429
    return 503 if "lake.busy" in codes else 422 if problems else 200


def _answer(request: HttpRequest, sent: Sent, answer: door.SqlAnswer) -> dict[str, Any]:
    has_places = any(column.is_place for column in answer.columns)
    formats = [("xlsx", "Excel"), ("csv", "CSV"), ("json", "JSON"), ("parquet", "Parquet")]
    formats[2:2] = [("geojson", "GeoJSON"), ("gpkg", "GeoPackage")] if has_places else []
    link = address("sql", pairs=[("query", sent.statement)])
    maker = principal_of(request).may(Permission.ADD_DATASET)
    figure = answer_chart(answer)
    is_told = figure is not None and tells_all(figure, answer)
    return {
        "answer": answer,
        "rows_words": rows_words(answer),
        "took": number(answer.took_ms / 1000, 2),
        "table": answer_table(answer) if answer.rows and not is_told else None,
        "figure": figure,
        "layer": answer_map(answer, address("sql-file", "geojson", pairs=[("query", sent.statement)])),
        "used": _used(request, answer.tables),
        "link": request.build_absolute_uri(link),
        "formats": [
            (name, address("sql-file", code, pairs=[("query", sent.statement)])) for code, name in formats
        ],
        "save_url": address("desk-view-new", pairs=[("query", sent.statement)])
        if maker and answer.tables
        else "",
    }


def _used(request: HttpRequest, slugs: tuple[str, ...]) -> list[tuple[str, str]]:
    found = (
        datasets_as_tables(city=city_of(request), principal=principal_of(request), only=slugs)
        if slugs
        else []
    )
    return [(label(dataset.title), address("dataset", dataset.slug)) for dataset in found]


def _offer(request: HttpRequest) -> dict[str, Any]:
    """The tables of the city, the first with their columns, and examples made of them."""
    found = datasets_as_tables(city=city_of(request), principal=principal_of(request), most=LISTED + 1)
    known = [_known(dataset) for dataset in found[:_OF_EXAMPLES]]
    return {
        "listed": [_listed(dataset) for dataset in found[:LISTED]],
        "has_more": len(found) > LISTED,
        "examples": [
            (
                example.words.in_words(gettext),
                example.statement,
                address("sql", pairs=[("query", example.statement)]),
            )
            for example in examples(known)
        ],
    }


def _known(dataset: Dataset) -> Known:
    version = dataset.current
    assert version is not None
    return Known(
        table_name(dataset.slug),
        label(dataset.title),
        version.specs,
        bool(version.geometry_types),
        version.key,
    )


def _listed(dataset: Dataset) -> dict[str, Any]:
    version = dataset.current
    assert version is not None
    table = door.described(dataset, version)
    return {
        "name": table.name,
        "title": label(dataset.title),
        "rows": version.rows,
        "url": address("dataset", dataset.slug),
        "columns": [(name, column) for name, _kind, column in table.columns],
    }
