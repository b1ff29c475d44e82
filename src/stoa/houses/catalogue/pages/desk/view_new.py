# SPDX-License-Identifier: EUPL-1.2
"""Keeping a question as a dataset of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stoa.commons.people.models import Department
from stoa.commons.people.pages.desk import city_of, desk_page, frame, principal_of
from stoa.ground.problems import Problem, Refused
from stoa.houses.catalogue.actions.saving import save_query
from stoa.houses.catalogue.pages.desk.forms import labelled
from stoa.houses.catalogue.pages.desk.opening import done, languages_of, put_on_fields, texts_by_language, way
from stoa.houses.catalogue.queries.desk_overview import departments_to_add_to
from stoa.houses.catalogue.terms import ACCESS_LABELS, Access
from stoa.standards.vocabularies import LICENCES
from stoa.web.notation import label


def statement_field() -> forms.CharField:
    """Where a question is written."""
    return forms.CharField(
        label=_("Question"),
        help_text=_("One SELECT, as on the page “Ask in SQL”."),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8, "class": "code", "spellcheck": "false"}),
        error_messages={"required": _("Write the question first.")},
    )


class ViewForm(forms.Form):
    """A question with what people must know of its answer."""

    statement = statement_field()
    description = forms.CharField(
        label=_("Description"),
        help_text=_("What the figures say, and what to beware of."),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    licence = forms.ChoiceField(label=_("Licence"))
    access = forms.ChoiceField(
        label=_("Access"), help_text=_("Never more open than the data that it is made from.")
    )
    department = forms.ChoiceField(label=_("Department that answers for it"))

    def __init__(
        self, departments: Iterable[Department], languages: Sequence[str], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["licence"].choices = [(code, gettext(term.label)) for code, term in LICENCES.items()]
        fields["licence"].initial = "CC_BY_4_0"
        fields["access"].choices = [(str(code), gettext(words)) for code, words in ACCESS_LABELS.items()]
        fields["access"].initial = str(Access.OPEN)
        choices = [(str(one.pk), label(one.name) or one.slug) for one in departments]
        fields["department"].choices = choices
        for language in languages:
            fields[f"title_{language}"] = forms.CharField(
                label=labelled(gettext("Title"), language, languages),
                max_length=200,
                required=language == languages[0],
            )
        self.order_fields([*(f"title_{language}" for language in languages), "statement"])


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def view_new(request: HttpRequest) -> HttpResponseBase:
    """The form, and what becomes of it."""
    departments = departments_to_add_to(city=city_of(request), principal=principal_of(request))
    if not departments:
        raise PermissionDenied
    languages = languages_of(request)
    given = {"statement": request.GET.get("query", "")[:20_000]}
    form = ViewForm(departments, languages, request.POST or None, initial=given)
    problems: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                return _keep(request, form, departments, languages)
        except Refused as refusal:
            problems = put_on_fields(form, [as_of_form(problem) for problem in refusal.problems])
    lead = gettext(
        "The answer becomes a dataset with versions, downloads and interfaces, and follows its sources by itself."
    )
    title = gettext("Keep a question as a dataset")
    context = frame(request, "new", title, lead, crumbs=way((title, "")), form=form, problems=problems)
    status = 422 if request.method == "POST" else 200
    return render(request, "catalogue/desk/view_new.html", context, status=status)


def as_of_form(problem: Problem) -> Problem:
    """The sandbox calls its field by the name that it has in addresses; its `why` holds the place of a mistake."""
    if problem.field != "query":
        return problem
    return Problem(problem.code, problem.what, problem.why, problem.do)


def _keep(
    request: HttpRequest, form: Any, departments: Sequence[Department], languages: Sequence[str]
) -> HttpResponseBase:
    said = form.cleaned_data
    department = next(one for one in departments if str(one.pk) == said["department"])
    dataset = save_query(
        city=city_of(request),
        department=department,
        title=texts_by_language(form, "title", languages),
        statement=said["statement"].replace("\r\n", "\n"),
        by=principal_of(request),
        access=said["access"],
        licence=said["licence"],
        description={languages[0]: said["description"]} if said["description"] else {},
    )
    return done(
        request,
        gettext("The question is being answered; the answer appears below as its first file."),
        "desk-dataset",
        dataset.slug,
    )
