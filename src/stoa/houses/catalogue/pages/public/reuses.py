# SPDX-License-Identifier: EUPL-1.2
"""Re-uses: what others made with the data, and the form by which they tell."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stoa.ground.problems import Refused
from stoa.houses.catalogue.actions.reuses import register_reuse
from stoa.houses.catalogue.models import Reuse
from stoa.houses.catalogue.pages.desk.opening import pager, place_asked
from stoa.houses.catalogue.pages.public.addresses import address
from stoa.houses.catalogue.pages.public.opening import city_of, principal_of, public_page, way
from stoa.houses.catalogue.queries.contributions import SIZE, datasets_to_choose, reuse_by_uid, reuses_shown
from stoa.houses.catalogue.terms import CHECK_LABELS, REUSE_LABELS, CheckState, ReuseKind
from stoa.web.notation import label
from stoa.web.open_form import OpenForm, answer_email, show_form, thanked

MOST_DATASETS = 20


class ReuseForm(OpenForm):
    """What was made, where it is, and with which data."""

    title = forms.CharField(label=_("What is it called?"), max_length=200)
    kind = forms.ChoiceField(
        label=_("What is it?"), choices=[(str(kind), _(words)) for kind, words in REUSE_LABELS.items()]
    )
    url = forms.URLField(label=_("Where is it?"), max_length=1000, assume_scheme="https")
    datasets = forms.CharField(
        label=_("Which datasets does it use?"),
        help_text=_(
            "Their short names, as they stand in the addresses of their pages, with commas between them."
        ),
        max_length=2000,
    )
    description = forms.CharField(
        label=_("What does it do with the data?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    by_name = forms.CharField(
        label=_("By whom, as everybody may read it"),
        help_text=_("A person, a company, a school. You may leave it empty."),
        max_length=200,
        required=False,
    )
    email = answer_email()

    def clean_datasets(self) -> list[str]:
        names = [
            name.strip().rstrip("/").rpartition("/")[2]
            for name in str(self.cleaned_data["datasets"]).split(",")
        ]
        return [name for name in names if name][:MOST_DATASETS]


@public_page
def reuses(request: HttpRequest) -> HttpResponseBase:
    """All of them, newest first, by kind."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in set(ReuseKind) else ""
    first = place_asked(request, 100_000) // SIZE * SIZE
    listed, total = reuses_shown(
        city=city_of(request), principal=principal_of(request), kind=kind, first=first
    )
    context = {
        "title": gettext("Made with our data"),
        "lead": gettext("Applications, articles and studies that people made with the city's data."),
        "crumbs": [*way(request), (gettext("Made with our data"), "")],
        "entries": [entry(one) for one in listed],
        "kinds": [(str(one), gettext(words), one == kind) for one, words in REUSE_LABELS.items()],
        "kind": kind,
        "pager": pager(request, first=first, shown=len(listed), total=total, size=SIZE),
    }
    return render(request, "catalogue/public/reuses.html", context)


def entry(found: Reuse) -> dict[str, object]:
    """A re-use as lists show it."""
    return {
        "title": found.title,
        "url": found.url,
        "kind": gettext(REUSE_LABELS[ReuseKind(found.kind)]),
        "description": found.description,
        "by": found.by_name,
        "made_at": found.made_at,
        "datasets": [
            (label(one.title) or one.slug, address("dataset", one.slug)) for one in getattr(found, "seen", ())
        ],
    }


def _register(request: HttpRequest) -> HttpResponseBase:
    """The form; `?dataset=` names the first dataset."""
    form = ReuseForm(request.POST or None, initial={"datasets": request.GET.get("dataset", "")[:80]})
    context: dict[str, Any] = {
        "title": gettext("Tell us what you made"),
        "lead": gettext(
            "A steward looks at it; then everybody sees it here and beside the data. You need no account."
        ),
        "crumbs": [
            *way(request),
            (gettext("Made with our data"), address("reuses")),
            (gettext("Tell us what you made"), ""),
        ],
        "send_words": gettext("Send it to the steward"),
        "back_url": address("reuses"),
    }
    if request.method == "POST" and form.is_valid():
        if form.is_of_program:
            return thanked(address("reuses"))
        try:
            return thanked(_keep(request, form))
        except Refused as refusal:
            context["problems"] = form.put(refusal.problems)
    return show_form(request, "catalogue/public/send_form.html", context, form)


register = public_page(_register, methods=("GET", "HEAD", "POST"))


def _keep(request: HttpRequest, form: ReuseForm) -> str:
    said = form.cleaned_data
    city, by = city_of(request), principal_of(request)
    made = register_reuse(
        city=city,
        title=said["title"],
        kind=ReuseKind(said["kind"]),
        url=said["url"],
        datasets=datasets_to_choose(city=city, principal=by, slugs=said["datasets"]),
        description=said["description"],
        by_name=said["by_name"],
        email=said["email"],
        by=by,
    )
    return address("reuse", made.uid)


@public_page
def reuse(request: HttpRequest, uid: uuid.UUID) -> HttpResponseBase:
    """What became of one; before it was checked only whoever knows the address gets here, and sees its state alone."""
    found = reuse_by_uid(city=city_of(request), principal=principal_of(request), uid=uid)
    if found is None:
        raise Http404
    state = CheckState(found.state)
    is_shown = state is CheckState.SHOWN
    context = {
        "title": found.title if is_shown else gettext("What you told us of"),
        "lead": ""
        if is_shown
        else gettext("Keep the address of this page: here you see what becomes of it."),
        "crumbs": [
            *way(request),
            (gettext("Made with our data"), address("reuses")),
            (gettext("One of them"), ""),
        ],
        "entry": entry(found) if is_shown else None,
        "state": gettext(CHECK_LABELS[state]),
        "mood": {CheckState.SHOWN: "good", CheckState.WAITING: "accent"}.get(state, ""),
        "reason": found.reason,
        "is_waiting": state is CheckState.WAITING,
        "made_at": found.made_at,
    }
    return render(request, "catalogue/public/reuse.html", context)
