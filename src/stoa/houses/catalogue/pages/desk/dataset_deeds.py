# SPDX-License-Identifier: EUPL-1.2
"""Steps of a dataset, each one press of a button: review, back, publish, retire, restore, roll back."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from stoa.commons.people.pages.desk import desk_page, principal_of
from stoa.houses.catalogue.actions import publishing
from stoa.houses.catalogue.actions.opening import open_history
from stoa.houses.catalogue.models import Dataset
from stoa.houses.catalogue.pages.desk.dataset import show_dataset, show_versions
from stoa.houses.catalogue.pages.desk.forms import ReasonForm
from stoa.houses.catalogue.pages.desk.opening import attempt, done, open_dataset
from stoa.houses.catalogue.queries.desk_overview import newest_open_delivery
from stoa.houses.catalogue.terms import DeliveryState


@desk_page
@require_POST
def deed(request: HttpRequest, slug: str, deed: str) -> HttpResponseBase:
    """Take one step; a refusal comes back on the same page."""
    step = _STEPS.get(deed)
    if step is None:
        raise Http404
    return step(request, open_dataset(request, slug))


def _review(request: HttpRequest, found: Dataset) -> HttpResponse:
    problems = attempt(lambda: publishing.send_to_review(dataset=found, by=principal_of(request)))
    words = gettext("Sent. A data steward looks at it and publishes it, or tells you what to mend.")
    return (
        show_dataset(request, found, problems=problems)
        if problems
        else done(request, words, "desk-dataset", found.slug)
    )


def _back(request: HttpRequest, found: Dataset) -> HttpResponse:
    form = ReasonForm(request.POST, words=gettext("What is to be mended?"), auto_id="id_back_%s")
    if not form.is_valid():
        return show_dataset(request, found, wrong=("back", form))
    problems = attempt(
        lambda: publishing.send_back(
            dataset=found, by=principal_of(request), reason=form.cleaned_data["reason"]
        )
    )
    words = gettext("Sent back. The reason stands in the history.")
    return (
        show_dataset(request, found, problems=problems)
        if problems
        else done(request, words, "desk-dataset", found.slug)
    )


def _publish(request: HttpRequest, found: Dataset) -> HttpResponse:
    waiting = newest_open_delivery(found)
    if waiting is None:
        return HttpResponseRedirect(reverse("desk-dataset-files", args=(found.slug,)))
    if waiting.state == DeliveryState.HELD:
        return HttpResponseRedirect(reverse("desk-delivery", args=(waiting.pk,)))
    problems = attempt(lambda: publishing.ask_publication(delivery=waiting, by=principal_of(request)))
    if problems:
        return show_dataset(request, found, problems=problems)
    return HttpResponseRedirect(reverse("desk-delivery", args=(waiting.pk,)))


def _retire(request: HttpRequest, found: Dataset) -> HttpResponse:
    form = ReasonForm(request.POST, words=gettext("Why is it not offered any more?"), auto_id="id_retire_%s")
    if not form.is_valid():
        return show_dataset(request, found, wrong=("retire", form))
    problems = attempt(
        lambda: publishing.retire_dataset(
            dataset=found, by=principal_of(request), reason=form.cleaned_data["reason"]
        )
    )
    words = gettext("It is not offered any more. Its versions stay readable.")
    return (
        show_dataset(request, found, problems=problems)
        if problems
        else done(request, words, "desk-dataset", found.slug)
    )


def _restore(request: HttpRequest, found: Dataset) -> HttpResponse:
    problems = attempt(lambda: publishing.restore_dataset(dataset=found, by=principal_of(request)))
    words = gettext("It is offered again.")
    return (
        show_dataset(request, found, problems=problems)
        if problems
        else done(request, words, "desk-dataset", found.slug)
    )


def _roll_back(request: HttpRequest, found: Dataset) -> HttpResponse:
    asked = request.POST.get("number", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 0
    form = ReasonForm(request.POST, words=gettext("Why is it shown again?"), auto_id=f"id_{number}_%s")
    if not form.is_valid():
        return show_versions(request, found, wrong=(number, form))
    reason = form.cleaned_data["reason"]
    problems = attempt(
        lambda: publishing.roll_back(dataset=found, number=number, by=principal_of(request), reason=reason)
    )
    if problems:
        return show_versions(request, found, problems=problems)
    words = gettext("The content of version %(n)s is shown again, as a new version.") % {"n": number}
    return done(request, words, "desk-dataset-versions", found.slug)


def _open_history(request: HttpRequest, found: Dataset) -> HttpResponse:
    problems = attempt(lambda: open_history(dataset=found, by=principal_of(request)))
    if problems:
        return show_versions(request, found, problems=problems)
    words = gettext("Whoever reads the dataset can read its earlier versions now.")
    return done(request, words, "desk-dataset-versions", found.slug)


_STEPS = {
    "review": _review,
    "back": _back,
    "publish": _publish,
    "retire": _retire,
    "restore": _restore,
    "roll-back": _roll_back,
    "open-history": _open_history,
}
