# SPDX-License-Identifier: EUPL-1.2
"""New files for a dataset: sent here, or fetched from an address or a folder by themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from stoa.commons.files.actions import content_of
from stoa.commons.people.pages.desk import desk_page, principal_of
from stoa.ground.problems import Problem
from stoa.houses.catalogue.actions.delivering import take_file
from stoa.houses.catalogue.actions.describing import set_source
from stoa.houses.catalogue.models import Dataset, Delivery, Source
from stoa.houses.catalogue.pages.desk.forms import FileForm
from stoa.houses.catalogue.pages.desk.frames import dataset_frame
from stoa.houses.catalogue.pages.desk.opening import attempt, done, open_dataset, put_on_fields
from stoa.houses.catalogue.pages.desk.progress import state_in_words
from stoa.houses.catalogue.queries.desk_overview import deliveries_of

PACE = (
    (5, _("every 5 minutes")),
    (15, _("every quarter of an hour")),
    (60, _("every hour")),
    (360, _("every six hours")),
    (1440, _("every day")),
    (10080, _("every week")),
)


class SourceForm(forms.Form):
    """Where new versions come from by themselves."""

    kind = forms.ChoiceField(
        label=_("Where new files come from"),
        choices=(("url", _("A web address")), ("folder", _("A folder on the server"))),
        widget=forms.RadioSelect,
    )
    place = forms.CharField(label=_("Address or folder"), max_length=2000)
    pattern = forms.CharField(
        label=_("Which files of the folder"),
        max_length=200,
        required=False,
        help_text=_("For example *.csv; only for folders."),
    )
    every_minutes = forms.TypedChoiceField(label=_("Look"), coerce=int, choices=PACE)
    publishes_itself = forms.BooleanField(
        label=_("Publish by itself what fits the agreed form"), required=False
    )

    def __init__(self, source: Source | None, data: Any = None, **kwargs: Any) -> None:
        names = ("kind", "place", "pattern", "every_minutes", "publishes_itself")
        initial = (
            {name: getattr(source, name) for name in names}
            if source
            else {"kind": "url", "pattern": "*", "every_minutes": 1440, "publishes_itself": True}
        )
        super().__init__(data, initial=initial, auto_id="id_source_%s", **kwargs)
        if source and source.every_minutes not in dict(PACE):
            own = (source.every_minutes, gettext("every %(n)s minutes") % {"n": source.every_minutes})
            self.fields["every_minutes"].choices = [own, *PACE]  # type: ignore[attr-defined]


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def files(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Send a new file; what came so far; where files come from by themselves."""
    found = open_dataset(request, slug)
    if request.method != "POST":
        return _show(request, found)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, found, file_form=form)
    taken: list[Delivery] = []

    def deed() -> None:
        came, note = form.cleaned_data["file"], form.cleaned_data["note"]
        taken.append(
            take_file(
                dataset=found,
                chunks=content_of(came),
                name=came.name,
                by=principal_of(request),
                note=note,
            )
        )

    problems = put_on_fields(form, attempt(deed))
    if problems or form.errors:
        return _show(request, found, problems=problems, file_form=form)
    return HttpResponseRedirect(reverse("desk-delivery", args=(taken[0].pk,)))


@desk_page
@require_POST
def source(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Say where new files come from."""
    found = open_dataset(request, slug)
    form = SourceForm(Source.objects.filter(dataset=found).first(), request.POST)
    if not form.is_valid():
        return _show(request, found, source_form=form)
    said = form.cleaned_data | {"pattern": form.cleaned_data["pattern"] or "*"}
    problems = put_on_fields(
        form, attempt(lambda: set_source(dataset=found, by=principal_of(request), **said))
    )
    if problems or form.errors:
        return _show(request, found, problems=problems, source_form=form)
    return done(
        request, gettext("Kept. The source is looked at within a minute."), "desk-dataset-files", slug
    )


def _show(
    request: HttpRequest,
    found: Dataset,
    *,
    problems: list[Problem] | None = None,
    file_form: FileForm | None = None,
    source_form: SourceForm | None = None,
) -> HttpResponse:
    kept = Source.objects.filter(dataset=found).first()
    lead = gettext(
        "A new file is read like the one before. What departs from it is held until somebody has looked."
    )
    context = dataset_frame(request, found, "files", lead)
    context |= {
        "problems": problems or [],
        "file_form": file_form or FileForm(),
        "source_form": source_form or SourceForm(kept),
        "source": kept,
        "source_problem": Problem.from_json(kept.problem) if kept and kept.problem else None,
        "files": [(one, *state_in_words(one)) for one in deliveries_of(found)],
    }
    return render(
        request,
        "catalogue/desk/files.html",
        context,
        status=422 if problems or file_form or source_form else 200,
    )
