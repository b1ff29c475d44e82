# SPDX-License-Identifier: EUPL-1.2
"""What every page of the catalogue's desk begins with: the way here, the dataset, refusals as messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext

from stoa.commons.people.pages.desk import Section, city_of, principal_of
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import LanguageText
from stoa.houses.catalogue.models import Dataset
from stoa.houses.catalogue.queries.contributions import waiting_for
from stoa.houses.catalogue.queries.datasets import dataset_to_edit
from stoa.houses.catalogue.queries.desk_overview import counts_for
from stoa.houses.catalogue.roles import Permission
from stoa.web import parts
from stoa.web.notation import label


def sections_of_catalogue(request: HttpRequest) -> Iterable[Section]:
    """The catalogue's entries in the navigation of the desk."""
    by = principal_of(request)
    yield Section("desk", reverse("desk"), gettext("What waits for me"))
    if not by.may(Permission.EDIT_DATASET):
        return
    waiting = counts_for(city=city_of(request), principal=by)
    yield Section("datasets", reverse("desk-datasets"), gettext("Datasets"), waiting.datasets)
    if by.may(Permission.ADD_DATASET):
        yield Section("new", reverse("desk-new"), gettext("Bring in data"))
    if by.may(Permission.PUBLISH_DATASET):
        yield Section("review", reverse("desk-review"), gettext("Review"), waiting.review)
    yield Section("reports", reverse("desk-reports"), gettext("Reported rows"), waiting.reports)
    sent_in = waiting_for(city=city_of(request), principal=by)
    yield Section("contributions", reverse("desk-contributions"), gettext("From readers"), sent_in.total)
    yield Section("board", reverse("desk-board"), gettext("Board"))
    if by.may(Permission.WRITE_STORY):
        yield Section("stories", reverse("desk-stories"), gettext("Stories"))
    yield Section("quality", reverse("desk-quality"), gettext("Quality"))
    if by.may(Permission.CHANGE_POLICY):
        yield Section("policy", reverse("desk-policy"), gettext("Promises and assumptions"))
    if by.may(Permission.KEEP_HARVEST):
        yield Section("harvest", reverse("desk-harvest"), gettext("Other catalogues"))
    if by.departments_with(Permission.KEEP_HARVEST) is None:
        yield Section("portals", reverse("desk-portals"), gettext("Use elsewhere"))


def open_dataset(request: HttpRequest, slug: str) -> Dataset:
    """The dataset, if this person looks after it (one query); else `NotFound`."""
    return dataset_to_edit(city=city_of(request), principal=principal_of(request), slug=slug)


def way(*crumbs: tuple[str, str]) -> list[tuple[str, str]]:
    """The breadcrumb from the desk down to this page."""
    return [(gettext("Desk"), reverse("desk")), *crumbs]


def title_of(dataset: Dataset) -> str:
    return label(dataset.title) or dataset.slug


def languages_of(request: HttpRequest) -> list[str]:
    """The languages of the city, the main one first."""
    return list(city_of(request).languages) or ["en"]


def attempt(deed: Callable[[], Any]) -> tuple[Problem, ...]:
    """Do something in a savepoint; a refusal undoes it whole and comes back as problems."""
    try:
        with transaction.atomic():
            deed()
    except Refused as refusal:
        return refusal.problems
    return ()


def put_on_fields(form: Any, problems: Iterable[Problem]) -> list[Problem]:
    """Put problems beside the fields that they are about; returns those that are about none."""
    from stoa.web.notation import in_words

    rest = []
    for problem in problems:
        if problem.field in form.fields:
            form.add_error(problem.field, f"{in_words(problem.what)} {in_words(problem.do)}".strip())
        else:
            rest.append(problem)
    return rest


def done(request: HttpRequest, words: str, page: str, *args: object) -> HttpResponseRedirect:
    """Say what was done on the next page, so that going back sends nothing twice."""
    messages.success(request, words)
    return HttpResponseRedirect(reverse(page, args=args))


def pager(request: HttpRequest, *, first: int, shown: int, total: int, size: int) -> parts.Pager | None:
    """The way through a long list that counts from `first` (0 is the beginning); None if all of it is shown."""
    if total <= size:
        return None

    def at(place: int) -> str:
        query = request.GET.copy()
        query["from"] = str(place + 1)
        return f"?{query.urlencode()}"

    return parts.Pager(
        first + 1,
        first + shown,
        total,
        previous_url=at(max(0, first - size)) if first else "",
        next_url=at(first + size) if first + size < total else "",
        first_url=at(0) if first > size else "",
    )


def place_asked(request: HttpRequest, total: int) -> int:
    """Where the list begins, counted from 0: `?from=` of the address, within the list."""
    asked = request.GET.get("from", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        return 0
    return min(max(0, int(asked) - 1), max(0, total - 1))


def texts_by_language(form: Any, name: str, languages: Iterable[str]) -> LanguageText:
    """What was typed into the fields `name_de`, `name_en` ..., without the empty ones."""
    said = {language: form.cleaned_data.get(f"{name}_{language}", "").strip() for language in languages}
    return {language: text for language, text in said.items() if text}
