# SPDX-License-Identifier: EUPL-1.2
"""Taking the data away: every format with what it is good for, whole or filtered."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext

from stoa.commons.lake import door as lake
from stoa.commons.lake.exports import door as exports
from stoa.commons.lake.exports.values import MEDIA_TYPE, STREAMED, About, Format, Wanted
from stoa.commons.lake.place import layout
from stoa.commons.lake.values import Query
from stoa.ground.problems import Refused
from stoa.houses.catalogue.pages.public.counted import count_use
from stoa.houses.catalogue.pages.public.dataset import dictionary_table
from stoa.houses.catalogue.pages.public.filtering import chosen_filters
from stoa.houses.catalogue.pages.public.offers import CSV_FOR_EXCEL, DICTIONARY, offers_of
from stoa.houses.catalogue.pages.public.opening import Opened, city_of, frame, open_dataset, public_page
from stoa.houses.catalogue.pages.public.sending import send_file
from stoa.houses.catalogue.pages.public.table import parameters
from stoa.houses.catalogue.queries.rows import in_city_time
from stoa.houses.catalogue.rules.table_questions import Asked, question_pairs, read_question
from stoa.houses.catalogue.terms import UsageKind
from stoa.standards.vocabularies import LICENCES
from stoa.web.notation import label


@public_page
def downloads(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Which formats there are, and what to name as the source."""
    opened = open_dataset(request, slug, with_rows=True)
    asked = read_question(parameters(request), opened.shown.specs)
    pairs = tuple(question_pairs(asked.query))
    context = frame(
        request,
        opened,
        "downloads",
        lead=gettext(
            "The whole dataset in the format that suits you, always with the meaning of its columns."
        ),
    )
    licence = LICENCES.get(opened.dataset.licence)
    context |= {
        "offers": offers_of(opened, pairs=pairs),
        "filters": chosen_filters(opened, asked.query, pairs),
        "whole_url": opened.url("dataset-downloads"),
        "dictionary_url": opened.url("dataset-download", DICTIONARY),
        "columns": dictionary_table(opened.shown),
        "licence": licence,
        "licence_name": gettext(licence.label) if licence else "",
        "named_source": named_source(opened),
        "problems": asked.problems,
        "table_url": opened.url("dataset-table"),
    }
    return render(request, "catalogue/public/downloads.html", context, status=422 if asked.problems else 200)


def named_source(opened: Opened) -> str:
    """The line by which the source is named, ready to be copied."""
    dataset, version = opened.dataset, opened.shown
    licence = LICENCES.get(dataset.licence)
    parts = [label(dataset.city.name), dataset.source_note or label(dataset.department.name), opened.title]
    parts.append(
        gettext("version %(n)s of %(day)s") % {"n": version.number, "day": version.made_at.date().isoformat()}
    )
    return ", ".join([*parts, *([licence.spdx] if licence and licence.spdx else [])])


@public_page
def download(request: HttpRequest, slug: str, fmt: str) -> HttpResponseBase:
    """A file of the version, whole or with the same filters as the table."""
    opened = open_dataset(request, slug, with_rows=True)
    asked = _asked(request, opened)
    about, query = about_of(request, opened), in_city_time(asked.query) if asked.query != Query() else None
    wanted = Wanted(zone=city_of(request).zone or "UTC", for_excel=fmt == CSV_FOR_EXCEL)
    if fmt == DICTIONARY:
        file = exports.export_dictionary(
            layout(), opened.shown.ref, query, Format.CSV, about=about, wanted=wanted
        )
        return send_file(
            request, file.path, file.media_type, file_name(opened, "datapackage.json", is_whole=query is None)
        )
    form = _format(fmt)
    if request.method == "GET":
        rows = lake.count(layout(), opened.shown.ref, query or Query())
        count_use(request, opened.dataset, UsageKind.DOWNLOAD, rows=rows)
    name = file_name(opened, str(form), is_whole=query is None)
    if query is not None and form in STREAMED:
        pieces = exports.stream(layout(), opened.shown.ref, query, form, about=about, wanted=wanted)
        return _streamed(pieces, MEDIA_TYPE[form], name)
    file = exports.export(
        layout(), opened.shown.ref, query, form, about=about, wanted=wanted, translate=gettext
    )
    return send_file(request, file.path, file.media_type, name)


def _asked(request: HttpRequest, opened: Opened) -> Asked:
    asked = read_question(parameters(request), opened.shown.specs)
    if asked.problems:
        raise Refused(*asked.problems)
    return asked


def _format(fmt: str) -> Format:
    code = Format.CSV if fmt == CSV_FOR_EXCEL else fmt
    if code not in set(Format):
        raise Http404
    return Format(code)


def _streamed(pieces: Iterator[bytes], media_type: str, name: str) -> HttpResponseBase:
    response = StreamingHttpResponse(pieces, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response


def file_name(opened: Opened, ending: str, *, is_whole: bool) -> str:
    """`street-trees-v3.csv`, with a word in it where rows are missing."""
    return f"{opened.dataset.slug}-v{opened.shown.number}{'' if is_whole else '-filtered'}.{ending}"


def about_of(request: HttpRequest, opened: Opened) -> About:
    """What every file says of its dataset."""
    dataset, version = opened.dataset, opened.shown
    licence = LICENCES.get(dataset.licence)
    return About(
        name=dataset.slug,
        title=opened.title,
        description=label(dataset.description),
        publisher=label(dataset.department.name),
        licence=gettext(licence.label) if licence else "",
        licence_spdx=licence.spdx if licence else "",
        licence_link=licence.link if licence else "",
        source_url=request.build_absolute_uri(opened.url()),
        version=str(version.number),
        issued=version.made_at.isoformat(),
    )
