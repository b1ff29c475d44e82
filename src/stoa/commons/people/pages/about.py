# SPDX-License-Identifier: EUPL-1.2
"""What stands at the foot of every page and is the city's duty: accessibility and privacy; and where it is edited."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stoa.commons.cities.about import LABELS, SHORT_MOST, TEXT_MOST, TEXTS, About
from stoa.commons.cities.models import City
from stoa.commons.people.actions import CHANGE_CITY, say_about_city
from stoa.commons.people.pages.desk import city_of, frame, principal_of
from stoa.commons.people.pages.managing import attempt, done, manager_page, way
from stoa.commons.people.pages.public import below, public_page
from stoa.commons.people.privacy import held
from stoa.commons.words.fields import in_reader_language, in_words
from stoa.ground.problems import Problem

_LABELS = {
    "accessibility": _("On accessibility: known barriers in your own content"),
    "enforcement": _("Body for complaints about barriers, with its address"),
    "privacy": _("On privacy: what only you do"),
    "authority": _("Data protection authority, with its address"),
}


class AboutForm(forms.Form):
    """The city's own words, in each of its languages."""

    email = forms.EmailField(
        label=_("E-mail address for questions about the portal"), required=False,
        help_text=_("Also for barriers that somebody finds. Everybody can read it."),
    )  # fmt: skip
    address = forms.CharField(
        label=_("Office, street and telephone"), required=False, max_length=SHORT_MOST * 3,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    protection = forms.EmailField(label=_("E-mail address of the data protection officer"), required=False)
    assessed_on = forms.DateField(
        label=_("When the statement on accessibility was last looked through"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Look it through once a year."),
    )  # fmt: skip

    def __init__(self, city: City, *args: Any, **kwargs: Any) -> None:
        self.languages = list(city.languages) or ["en"]
        told = About.from_json(city.about)
        kwargs["initial"] = {name: getattr(told, name) for name in (*TEXTS, "assessed_on")} | {
            f"{name}_{code}": getattr(told, name).get(code, "") for name in LABELS for code in self.languages
        }
        super().__init__(*args, **kwargs)
        for name, label in _LABELS.items():
            for code in self.languages:
                self.fields[f"{name}_{code}"] = forms.CharField(
                    label=_in_language(str(label), code) if len(self.languages) > 1 else label,
                    required=False, max_length=TEXT_MOST, widget=forms.Textarea(attrs={"rows": 4, "lang": code}),
                )  # fmt: skip

    def about(self, before: About) -> About:
        """What was said; what stands there in a language that the city does not offer now is kept."""
        said = self.cleaned_data
        texts: dict[str, Any] = {name: said[name] for name in (*TEXTS, "assessed_on")}
        labels: dict[str, Any] = {
            name: {**getattr(before, name), **{code: said[f"{name}_{code}"] for code in self.languages}}
            for name in LABELS
        }
        return About(**texts, **labels)


def _in_language(label: str, code: str) -> str:
    try:
        language = str(get_language_info(code)["name_local"])
    except KeyError:
        language = code
    return f"{label} ({language})"


@manager_page(CHANGE_CITY)
@require_http_methods(["GET", "HEAD", "POST"])
def about(request: HttpRequest) -> HttpResponseBase:
    """Edit what the city says of itself."""
    city = city_of(request)
    form = AboutForm(city, request.POST or None)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        said = form.about(About.from_json(city.about))
        problems = attempt(lambda: say_about_city(city=city, about=said, by=principal_of(request)))
        if not problems:
            return done(request, gettext("Kept. Everybody can read it now."), "desk-about")
    title = gettext("About this portal")
    lead = gettext("Your own words on the pages about accessibility and privacy, and who answers questions.")
    context = frame(request, "about", title, lead, crumbs=way((title, "")))
    context |= {"form": form, "problems": problems}
    return render(request, "people/about.html", context, status=422 if request.method == "POST" else 200)


@public_page
def accessibility(request: HttpRequest) -> HttpResponseBase:
    """The statement that Directive (EU) 2016/2102, article 7, asks for."""
    title = gettext("Accessibility")
    lead = gettext(
        "What everybody can use here, how we checked it, what is still in the way, and whom to tell."
    )
    return render(request, "people/accessibility.html", _context(request, title, lead))


@public_page
def privacy(request: HttpRequest) -> HttpResponseBase:
    """What is held on people, why and how long: as each part of this install declares it."""
    title = gettext("Privacy")
    lead = gettext(
        "Which personal data this portal holds, why, and for how long. Looking at data needs no account."
    )
    kinds = [
        (in_words(who), [(in_words(one.what), in_words(one.why), in_words(one.kept)) for one in found])
        for who, found in held()
    ]
    return render(request, "people/privacy.html", _context(request, title, lead) | {"held": kinds})


def _context(request: HttpRequest, title: str, lead: str) -> dict[str, Any]:
    told = About.from_json(city_of(request).about)
    return {
        "title": title,
        "lead": lead,
        "crumbs": [(in_reader_language(city_of(request).name), below("/")), (title, "")],
        "about": told,
        "departments_url": below("/departments"),
        "own": {name: in_reader_language(getattr(told, name)) for name in LABELS},
        "signed_in": principal_of(request).is_known,
    }
