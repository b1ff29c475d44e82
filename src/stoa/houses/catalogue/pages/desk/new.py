# SPDX-License-Identifier: EUPL-1.2
"""Bringing data in: a file or an address becomes a draft with a delivery that is read at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from stoa.commons.files.actions import content_of
from stoa.commons.people.models import Department
from stoa.commons.people.pages.desk import city_of, desk_page, frame, principal_of
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import LanguageText
from stoa.houses.catalogue.actions.delivering import take_file
from stoa.houses.catalogue.actions.describing import draft_dataset, set_source
from stoa.houses.catalogue.pages.desk.forms import NewForm
from stoa.houses.catalogue.pages.desk.opening import done, languages_of, put_on_fields, texts_by_language, way
from stoa.houses.catalogue.queries.desk_overview import departments_to_add_to

_ENDINGS = re.compile(r"(\.[a-z0-9]{1,8}){1,2}$", re.IGNORECASE)


def title_from(name: str) -> str:
    """A title guessed from the name of a file or the end of an address.

    >>> title_from("2026_Spielplaetze-Stadt.v2.csv")
    '2026 Spielplaetze Stadt'
    """
    stem = _ENDINGS.sub("", PurePosixPath(name.replace("\\", "/")).name)
    words = " ".join(re.split(r"[\s_\-+.]+", stem)).strip()
    return words[:1].upper() + words[1:200]


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """The form, and what becomes of it."""
    departments = departments_to_add_to(city=city_of(request), principal=principal_of(request))
    if not departments:
        raise PermissionDenied
    languages = languages_of(request)
    form = NewForm(departments, languages, request.POST or None, request.FILES or None)
    problems: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                return _bring_in(request, form, departments, languages)
        except Refused as refusal:
            problems = put_on_fields(form, refusal.problems)
    lead = gettext(
        "Send the file as it is. Nothing becomes public yet: first you see what was understood, and you can change it."
    )
    context = frame(
        request,
        "new",
        gettext("Bring in data"),
        lead,
        crumbs=way((gettext("Bring in data"), "")),
        form=form,
        problems=problems,
    )
    return render(
        request, "catalogue/desk/new.html", context, status=422 if request.method == "POST" else 200
    )


def _bring_in(
    request: HttpRequest, form: Any, departments: Sequence[Department], languages: Sequence[str]
) -> HttpResponseBase:
    """Make the draft and hand the file in, or tell where to fetch it; all or nothing."""
    by, said = principal_of(request), form.cleaned_data
    department = next(one for one in departments if str(one.pk) == said["department"])
    came = said.get("file")
    guess = came.name if came else unquote(urlsplit(said["url"]).path) or urlsplit(said["url"]).netloc
    title: LanguageText = texts_by_language(form, "title", languages) or {
        languages[0]: title_from(guess) or gettext("New data")
    }
    dataset = draft_dataset(city=city_of(request), department=department, title=title, by=by)
    if came:
        delivery = take_file(dataset=dataset, chunks=content_of(came), name=came.name, by=by)
        return HttpResponseRedirect(reverse("desk-delivery", args=(delivery.pk,)))
    set_source(dataset=dataset, kind="url", place=said["url"], by=by)
    return done(
        request,
        gettext("The address is looked at within a minute. What comes appears below."),
        "desk-dataset",
        dataset.slug,
    )
