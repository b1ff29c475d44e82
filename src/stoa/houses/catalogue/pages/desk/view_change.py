# SPDX-License-Identifier: EUPL-1.2
"""Changing the question behind a dataset, with its title and what is said about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stoa.commons.people.pages.desk import desk_page, principal_of
from stoa.commons.roles.values import Principal
from stoa.ground.words import LanguageText
from stoa.houses.catalogue.actions.changing_views import change_question
from stoa.houses.catalogue.actions.describing import describe_dataset
from stoa.houses.catalogue.models import Dataset, SavedQuery
from stoa.houses.catalogue.pages.desk.forms import labelled
from stoa.houses.catalogue.pages.desk.frames import dataset_frame
from stoa.houses.catalogue.pages.desk.opening import (
    attempt,
    done,
    languages_of,
    open_dataset,
    put_on_fields,
    texts_by_language,
)
from stoa.houses.catalogue.pages.desk.view_new import as_of_form, statement_field
from stoa.houses.catalogue.terms import State


class ChangeForm(forms.Form):
    """The question, and the words that go with its answer."""

    statement = statement_field()

    def __init__(
        self, dataset: Dataset, statement: str, languages: Sequence[str], *args: Any, **kwargs: Any
    ) -> None:
        initial: dict[str, Any] = {"statement": statement}
        for language in languages:
            initial[f"title_{language}"] = dataset.title.get(language, "")
            initial[f"description_{language}"] = dataset.description.get(language, "")
        super().__init__(*args, **{"initial": initial} | kwargs)
        for language in languages:
            self.fields[f"title_{language}"] = forms.CharField(
                label=labelled(gettext("Title"), language, languages),
                max_length=200,
                required=language == languages[0],
            )
        for language in languages:
            self.fields[f"description_{language}"] = forms.CharField(
                label=labelled(gettext("Description"), language, languages),
                help_text=_("What the figures say, and what to beware of."),
                max_length=20_000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 4, "lang": language}),
            )

    def said(self, dataset: Dataset, languages: Sequence[str]) -> dict[str, LanguageText]:
        """Title and description; texts in languages that the city does not have any more stay."""
        return {
            name: {code: text for code, text in getattr(dataset, name).items() if code not in languages}
            | dict(texts_by_language(self, name, languages))
            for name in ("title", "description")
        }


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def view_change(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The form; what is kept is answered anew and becomes the next version."""
    found, languages = open_dataset(request, slug), languages_of(request)
    saved = SavedQuery.objects.filter(dataset=found).first()
    if saved is None:
        raise Http404
    form = ChangeForm(found, saved.statement, languages, request.POST or None)
    problems = []
    if request.method == "POST" and form.is_valid():
        changed: list[bool] = []
        refused = attempt(lambda: changed.append(_change(form, found, languages, principal_of(request))))
        if not refused:
            return done(request, _words(found, is_changed=changed[0]), "desk-dataset", slug)
        problems = put_on_fields(form, [as_of_form(problem) for problem in refused])
        found = open_dataset(request, slug)
    lead = gettext(
        "The answer to the changed question becomes the next version; the versions so far stay as they are."
    )
    try_url = f"{reverse('sql')}?{urlencode({'query': form['statement'].value() or ''})}"
    context = dataset_frame(request, found, "question", lead, form=form, problems=problems, try_url=try_url)
    status = 422 if request.method == "POST" else 200
    return render(request, "catalogue/desk/view_change.html", context, status=status)


def _change(form: ChangeForm, found: Dataset, languages: Sequence[str], by: Principal) -> bool:
    """Both or neither; says whether the question is a different one now."""
    describe_dataset(dataset=found, by=by, **form.said(found, languages))
    statement = form.cleaned_data["statement"].replace("\r\n", "\n")
    return change_question(dataset=found, statement=statement, by=by)


def _words(found: Dataset, *, is_changed: bool) -> str:
    if not is_changed:
        return gettext("The description was kept.")
    if found.state == State.PUBLISHED:
        return gettext(
            "The question is being answered. If the answer has the same columns and about as many rows it is published by "
            "itself; otherwise it waits below for you."
        )
    return gettext("The question is being answered; the answer appears below as its newest file.")
