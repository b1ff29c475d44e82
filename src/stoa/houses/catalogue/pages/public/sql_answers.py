# SPDX-License-Identifier: EUPL-1.2
"""Answers in SQL for programs and as files; names for completing what somebody types; cancelling."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from stoa.commons.lake.exports import door as exports
from stoa.commons.lake.exports.values import About, Format, Wanted
from stoa.commons.sandbox import tickets
from stoa.commons.sandbox.values import AnswerColumn
from stoa.commons.words.fields import problem_in_words
from stoa.ground.problems import Refused
from stoa.houses.catalogue.door import sql as door
from stoa.houses.catalogue.pages.public.addresses import address
from stoa.houses.catalogue.pages.public.offers import CSV_FOR_EXCEL
from stoa.houses.catalogue.pages.public.opening import city_of, principal_of, public_page
from stoa.houses.catalogue.pages.public.sending import send_file
from stoa.houses.catalogue.pages.public.sql import Sent, answered, count_question, keep_pace
from stoa.houses.catalogue.queries.answers import Kept, kept_answer, scratch
from stoa.houses.catalogue.rules.lineage import common_licence
from stoa.standards.vocabularies import LICENCES
from stoa.web.notation import label

USUAL_ROWS = 1000
_STATUS = {"sql.asked_too_often": 429, "lake.busy": 503}


@csrf_exempt
def file(request: HttpRequest, fmt: str) -> HttpResponseBase:
    """The answer in one format; JSON says its columns and is cut at `limit`, files are whole or refused."""
    return _file(request, fmt)


def _answer(request: HttpRequest, fmt: str) -> HttpResponseBase:
    sent = Sent.of(request)
    try:
        if fmt == "json":
            return _open_to_all(_json(request, sent))
        return _open_to_all(_as_file(request, sent, _format(fmt)))
    except Refused as refusal:
        return _open_to_all(_refused(refusal))


_file = public_page(_answer, methods=("GET", "HEAD", "POST"))


def _open_to_all(response: HttpResponseBase) -> HttpResponseBase:
    """Programs in browsers of other pages may read answers; nobody's cookie counts there."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "private, no-cache"
    return response


def _refused(refusal: Refused) -> HttpResponse:
    """RFC 9457 problem details."""
    status = _STATUS.get(refusal.problem.code, 422)
    found = [problem_in_words(problem) for problem in refusal.problems]
    body = {"type": "about:blank", "status": status, "title": found[0]["what"], "problems": found}
    response = HttpResponse(
        json.dumps(body, ensure_ascii=False), status=status, content_type="application/problem+json"
    )
    if status != 422:
        response["Retry-After"] = "5"
    return response


def _json(request: HttpRequest, sent: Sent) -> HttpResponse:
    answer = answered(request, sent, limit=_limit(request))
    body = {
        "columns": [
            {"name": c.name, "kind": "geometry" if c.is_place else str(c.kind), "type": c.sql_type}
            for c in answer.columns
        ],
        "rows": [
            [_plain(value, column) for value, column in zip(row, answer.columns, strict=True)]
            for row in answer.rows
        ],
        "truncated": answer.truncated,
        "took_ms": answer.took_ms,
        "datasets": [request.build_absolute_uri(address("dataset", slug)) for slug in answer.tables],
    }
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


def _limit(request: HttpRequest) -> int:
    asked = (request.POST if request.method == "POST" else request.GET).get("limit", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else USUAL_ROWS


def _plain(value: Any, column: AnswerColumn) -> Any:
    if column.is_place and isinstance(value, str):
        return json.loads(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _format(fmt: str) -> Format:
    code = Format.CSV if fmt == CSV_FOR_EXCEL else fmt
    if code not in set(Format):
        raise Http404
    return Format(code)


def _as_file(request: HttpRequest, sent: Sent, form: Format) -> HttpResponseBase:
    keep_pace(request)
    kept = kept_answer(city=city_of(request), by=principal_of(request), statement=sent.statement)
    about = _about(request, sent, kept)
    made = exports.export(
        kept.layout,
        kept.ref,
        None,
        form,
        about=about,
        wanted=Wanted(zone=city_of(request).zone or "UTC"),
        translate=gettext,
    )
    count_question(request, tuple(dataset.slug for dataset in kept.datasets), kept.ref.rows)
    return send_file(request, made.path, made.media_type, f"{about.name}.{form}")


def _about(request: HttpRequest, sent: Sent, kept: Kept) -> About:
    """What the file says of itself: the question, whose data it is, and under which licence if there is one for all."""
    licence = LICENCES.get(common_licence([dataset.licence for dataset in kept.datasets]))
    publishers = dict.fromkeys(label(dataset.department.name) for dataset in kept.datasets)
    return About(
        name="-".join(["answer", *(dataset.slug for dataset in kept.datasets)])[:80],
        title=gettext("Answer to a question"),
        description=sent.statement[:4000],
        publisher=", ".join(publishers),
        licence=gettext(licence.label) if licence else "",
        licence_spdx=licence.spdx if licence else "",
        licence_link=licence.link if licence else "",
        source_url=request.build_absolute_uri(address("sql", pairs=[("query", sent.statement)]))[:2000],
    )


@public_page
def names(request: HttpRequest) -> HttpResponseBase:
    """Tables with their columns, found by `q`, as JSON, for completing what somebody types."""
    found = door.tables(
        city=city_of(request), by=principal_of(request), text=request.GET.get("q", "")[:100], most=30
    )
    tables = [
        {
            "name": table.name,
            "title": label(table.title),
            "columns": [[name, kind, words] for name, kind, words in table.columns],
        }
        for table in found
    ]
    return JsonResponse({"tables": tables}, json_dumps_params={"ensure_ascii": False})


@csrf_exempt
@require_POST
def cancel(request: HttpRequest) -> HttpResponse:
    """Stop the question with this ticket."""
    was_there = tickets.cancel(scratch(), request.POST.get("ticket", ""))
    return HttpResponse(status=204 if was_there else 404)
