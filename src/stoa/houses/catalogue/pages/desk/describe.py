# SPDX-License-Identifier: EUPL-1.2
"""What is said about a dataset, as a form: one field for each language of the city."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stoa.commons.people.pages.desk import desk_page, principal_of
from stoa.ground.problems import Problem
from stoa.houses.catalogue.actions.describing import describe_dataset
from stoa.houses.catalogue.models import Dataset
from stoa.houses.catalogue.pages.desk.forms import labelled, language_name
from stoa.houses.catalogue.pages.desk.frames import dataset_frame
from stoa.houses.catalogue.pages.desk.opening import (
    attempt,
    done,
    languages_of,
    open_dataset,
    texts_by_language,
)
from stoa.houses.catalogue.terms import ACCESS_LABELS
from stoa.standards.vocabularies import FREQUENCIES, HVD_CATEGORIES, LANGUAGES, LICENCES, THEMES
from stoa.web.notation import in_words

_PLAIN = (
    "theme",
    "licence",
    "contact",
    "frequency",
    "spatial",
    "period_from",
    "period_to",
    "source_note",
    "languages",
    "hvd_category",
    "conforms_to",
    "landing_page",
    "access",
    "keep_versions",
)


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def _offered_languages(dataset: Dataset, languages: Sequence[str]) -> list[tuple[str, str]]:
    """Those of the city, English, and what was said already: a list of forty helps nobody."""
    codes = dict.fromkeys([*(one.split("-")[0] for one in languages), "en", *dataset.languages])
    return [(code, language_name(code)) for code in codes if code in LANGUAGES]


def _as_text(schema: Any) -> str:
    return "" if schema is None else json.dumps(schema, ensure_ascii=False, indent=2)


class DescribeForm(forms.Form):
    """Everything that the owner may say."""

    theme = forms.ChoiceField(label=_("Theme"))
    keywords = forms.CharField(
        label=_("Keywords"),
        required=False,
        max_length=1000,
        help_text=_("Words that people search for, parted by commas."),
    )
    licence = forms.ChoiceField(label=_("Licence"), help_text=_("What others may do with it."))
    access = forms.ChoiceField(label=_("Who may see the rows"), widget=forms.RadioSelect)
    frequency = forms.ChoiceField(
        label=_("How often it is updated"),
        help_text=_("A promise to readers: you are told before it is due."),
    )
    contact = forms.EmailField(
        label=_("Public address for questions"), required=False, help_text=_("Empty: that of the department.")
    )
    spatial = forms.CharField(
        label=_("Area it covers"),
        required=False,
        max_length=200,
        help_text=_("In words, for example: the whole city."),
    )
    period_from = forms.DateField(label=_("First day it speaks of"), required=False, widget=_day())
    period_to = forms.DateField(label=_("Last day it speaks of"), required=False, widget=_day())
    source_note = forms.CharField(label=_("How the source is to be named"), required=False, max_length=500)
    languages = forms.MultipleChoiceField(
        label=_("Languages of the data"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("In which its texts are written; none for figures alone."),
    )
    hvd_category = forms.ChoiceField(
        label=_("High-value dataset"),
        required=False,
        help_text=_("Whether it is on the list of the EU (regulation 2023/138), and in which category."),
    )
    conforms_to = forms.CharField(
        label=_("Standard or schema it keeps to"),
        required=False,
        max_length=2000,
        widget=forms.URLInput,
        help_text=_("Its address, beginning with https://."),
    )
    landing_page = forms.CharField(
        label=_("Another page about it"),
        required=False,
        max_length=2000,
        widget=forms.URLInput,
        help_text=_("For example in the geoportal of the city; beginning with https://."),
    )
    declared_schema = forms.CharField(
        label=_("Schema that every version is checked against"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_(
            "A Table Schema or JSON Schema, pasted as a whole; the quality page says whether it is kept."
        ),
    )
    keep_versions = forms.IntegerField(
        label=_("How many versions are kept"),
        min_value=1,
        max_value=10_000,
        help_text=_("The newest so many; of older ones, the last of each month."),
    )

    def __init__(self, dataset: Dataset, languages: Sequence[str], data: Any = None, **kwargs: Any) -> None:
        initial = {name: getattr(dataset, name) for name in _PLAIN} | {
            "keywords": ", ".join(dataset.keywords),
            "declared_schema": _as_text(dataset.declared_schema),
        }
        for language in languages:
            initial |= {
                f"title_{language}": dataset.title.get(language, ""),
                f"description_{language}": dataset.description.get(language, ""),
            }
        super().__init__(data, initial=initial, **kwargs)
        self.city_languages = languages
        terms = {"theme": THEMES, "licence": LICENCES, "frequency": FREQUENCIES}
        for name, listed in terms.items():
            self.fields[name].choices = [(code, gettext(term.label)) for code, term in listed.items()]  # type: ignore[attr-defined]
        categories = [(code, gettext(term.label)) for code, term in HVD_CATEGORIES.items()]
        self.fields["hvd_category"].choices = [("", gettext("No")), *categories]  # type: ignore[attr-defined]
        self.fields["languages"].choices = _offered_languages(dataset, languages)  # type: ignore[attr-defined]
        self.fields["access"].choices = [(str(one), gettext(words)) for one, words in ACCESS_LABELS.items()]  # type: ignore[attr-defined]
        for language in reversed(languages):
            area = forms.Textarea(attrs={"rows": 5, "lang": language})
            line = forms.TextInput(attrs={"lang": language})
            words = gettext("What is counted or listed, by whom, and what to beware of.")
            self._first(
                f"description_{language}",
                forms.CharField(
                    label=labelled(gettext("Description"), language, languages),
                    help_text=words,
                    required=False,
                    max_length=20_000,
                    widget=area,
                ),
            )
            hint = gettext("What it is, as a resident would say it.")
            self._first(
                f"title_{language}",
                forms.CharField(
                    label=labelled(gettext("Title"), language, languages),
                    help_text=hint,
                    required=False,
                    max_length=200,
                    widget=line,
                ),
            )

    def _first(self, name: str, field: forms.Field) -> None:
        self.fields = {name: field, **self.fields}

    def clean_keywords(self) -> list[str]:
        words = [word.strip() for word in re.split(r"[,;\n]", self.cleaned_data["keywords"])]
        if any(len(word) > 60 for word in words):
            raise forms.ValidationError(
                gettext("A keyword has at most 60 characters. Part keywords by commas.")
            )
        return list(dict.fromkeys(word for word in words if word))

    def clean_declared_schema(self) -> Any:
        text = self.cleaned_data["declared_schema"].strip()
        try:
            return json.loads(text) if text else None
        except (ValueError, RecursionError):
            raise forms.ValidationError(gettext("This is not JSON. Paste the schema as a whole.")) from None

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        first, last = said.get("period_from"), said.get("period_to")
        if first and last and last < first:
            self.add_error("period_to", gettext("The last day lies before the first."))
        if not self.errors and not texts_by_language(self, "title", self.city_languages):
            self.add_error(f"title_{self.city_languages[0]}", gettext("Write a title of a few words."))
        return said

    def said(self, dataset: Dataset) -> dict[str, Any]:
        """The description; texts in languages that the city does not have any more stay."""
        texts = {}
        for name in ("title", "description"):
            others = {
                language: text
                for language, text in getattr(dataset, name).items()
                if language not in self.city_languages
            }
            texts[name] = others | dict(texts_by_language(self, name, self.city_languages))
        return (
            {name: self.cleaned_data[name] for name in _PLAIN}
            | {name: self.cleaned_data[name] for name in ("keywords", "declared_schema")}
            | texts
        )

    def take(self, problems: Sequence[Problem]) -> list[Problem]:
        """Put problems beside the fields they are about; returns those that are about none."""
        rest = []
        for problem in problems:
            name = (
                problem.field if problem.field in self.fields else f"{problem.field}_{self.city_languages[0]}"
            )
            if name in self.fields:
                self.add_error(name, f"{in_words(problem.what)} {in_words(problem.do)}".strip())
            else:
                rest.append(problem)
        return rest


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def describe(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The form; kept at once for everybody when the dataset is public."""
    found, languages = open_dataset(request, slug), languages_of(request)
    form = DescribeForm(found, languages, request.POST or None)
    problems: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        said = form.said(found)
        problems = form.take(
            attempt(lambda: describe_dataset(dataset=found, by=principal_of(request), **said))
        )
        if not problems and not form.errors:
            return done(request, gettext("The description was kept."), "desk-dataset", slug)
        found = open_dataset(request, slug)
    lead = gettext("Good words make data findable. Write for somebody who does not know your work.")
    context = dataset_frame(request, found, "describe", lead, form=form, problems=problems)
    return render(
        request, "catalogue/desk/describe.html", context, status=422 if request.method == "POST" else 200
    )
