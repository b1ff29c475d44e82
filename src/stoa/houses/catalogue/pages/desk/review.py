# SPDX-License-Identifier: EUPL-1.2
"""What departments want to publish, for data stewards: oldest first, with what was found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from stoa.commons.people.pages.desk import city_of, desk_page, frame, principal_of
from stoa.commons.reading.report import Inspection
from stoa.houses.catalogue.pages.desk.opening import title_of, way
from stoa.houses.catalogue.queries.desk_lists import InReview, review_queue
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.terms import ACCESS_LABELS, Access
from stoa.web.notation import label, number, percent


@dataclass(frozen=True, slots=True)
class Waiting:
    """One entry of the queue."""

    title: str
    url: str
    file_url: str
    department: str
    access: str
    since: datetime
    facts: list[str]
    personal: int
    """Columns with personal findings that would be published."""
    warnings: int


@desk_page
@require_safe
def review(request: HttpRequest) -> HttpResponseBase:
    """The queue."""
    by = principal_of(request)
    if not by.may(Permission.PUBLISH_DATASET):
        raise PermissionDenied
    queue = [_waiting(one) for one in review_queue(city=city_of(request), principal=by)]
    lead = gettext(
        "What departments want to publish. Look at each file, then publish it or say what to mend."
    )
    context = frame(
        request, "review", gettext("Review"), lead, crumbs=way((gettext("Review"), "")), queue=queue
    )
    return render(request, "catalogue/desk/review.html", context)


def _waiting(one: InReview) -> Waiting:
    inspection = one.delivery.inspection if one.delivery else None
    page = reverse("desk-dataset", args=(one.dataset.slug,))
    kept = {column.name for column in inspection.recipe.kept} if inspection else set()
    return Waiting(
        title_of(one.dataset),
        page,
        reverse("desk-delivery", args=(one.delivery.pk,)) if one.delivery else "",
        label(one.dataset.department.name),
        gettext(ACCESS_LABELS[Access(one.dataset.access)]),
        one.sent_at or one.dataset.created_at,
        _facts(inspection),
        len(kept & set(inspection.personal)) if inspection else 0,
        len(inspection.warnings) if inspection else 0,
    )


def _facts(inspection: Inspection | None) -> list[str]:
    """What can be said of the quality before it is published."""
    if inspection is None:
        return [gettext("no file has been read")]
    cells = inspection.rows * max(1, len(inspection.columns))
    empty = sum(column.empty for column in inspection.columns)
    unreadable = sum(column.unreadable for column in inspection.columns)
    rows = ngettext("%(n)s row", "%(n)s rows", inspection.rows) % {"n": number(inspection.rows)}
    columns = ngettext("%(n)s column", "%(n)s columns", len(inspection.recipe.kept)) % {
        "n": number(len(inspection.recipe.kept))
    }
    facts = [rows, columns]
    if cells:
        facts.append(gettext("%(share)s filled") % {"share": percent((cells - empty) / cells, 1)})
        facts.append(gettext("%(n)s cells unreadable") % {"n": number(unreadable)})
    return facts
