# SPDX-License-Identifier: EUPL-1.2
"""'This row is wrong': from any row back to the owner, and an answer."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from stoa.commons.audit.actions import record
from stoa.commons.jobs.events import emit
from stoa.commons.notices.actions import tell
from stoa.commons.people.queries import people_with_role
from stoa.commons.roles.book import OFFICER, STEWARD
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound, Problem, Refused
from stoa.ground.words import pick, say
from stoa.houses.catalogue.actions.rights import need
from stoa.houses.catalogue.events import RowReported
from stoa.houses.catalogue.models import Dataset, RowReport, Version
from stoa.houses.catalogue.queries.rows import row_as_text, sees_rows
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.terms import ReportState

MOST_AN_HOUR = 60
"""Reports of one dataset; beyond it the form rests. Open ones do not count: whoever sent many would close it for all."""
KEEP_EMAIL = timedelta(days=180)


@transaction.atomic
def report_row(
    *,
    dataset: Dataset,
    version: Version,
    row: int,
    message: str,
    by: Principal,
    column: str = "",
    email: str = "",
) -> RowReport:
    """Tell the owner that a row is wrong; needs no account."""
    if not sees_rows(dataset, by):
        raise NotFound("row")
    _refuse_unfit(dataset, message)
    values = row_as_text(version, row)
    report = RowReport.objects.create(
        city_id=dataset.city_id,
        dataset=dataset,
        version_number=version.number,
        row=row,
        values=values,
        column=column if version.ref.column(column) else "",
        message=message.strip()[:2000],
        email=email.strip(),
    )
    _tell_owner(dataset, report)
    record(
        city_id=dataset.city_id,
        by=by,
        verb="row.reported",
        thing="dataset",
        thing_id=dataset.slug,
        facts={"row": row, "version": version.number},
    )
    emit(dataset.city_id, RowReported(dataset.slug, version.number, row))
    return report


def _refuse_unfit(dataset: Dataset, message: str) -> None:
    if not message.strip():
        raise Refused(
            Problem(
                "catalogue.message_missing",
                say("You did not write what is wrong."),
                say("The owner cannot guess it."),
                say("Write one sentence: what stands there, and what should stand there."),
                "message",
            )
        )
    hour_ago = timezone.now() - timedelta(hours=1)
    if RowReport.objects.filter(dataset=dataset, made_at__gt=hour_ago).count() >= MOST_AN_HOUR:
        raise Refused(
            Problem(
                "catalogue.reports_too_many",
                say("Very many reports have come for this dataset within an hour."),
                say("So many at once are rarely meant, and the department could not read them."),
                say("Please try again in an hour, or write to the contact of the dataset."),
            )
        )


def _tell_owner(dataset: Dataset, report: RowReport) -> None:
    people = people_with_role(dataset.city, OFFICER, dataset.department_id) or people_with_role(
        dataset.city, STEWARD
    )
    title = pick(dataset.title, list(dataset.city.languages))
    saying = say("Somebody says that a row of “%(title)s” is wrong.", title=title)
    tell(
        city_id=dataset.city_id,
        people=people,
        topic="row.reported",
        saying=saying,
        link=f"/desk/reports/{report.pk}",
    )


@transaction.atomic
def answer_report(*, report: RowReport, state: ReportState, answer: str, by: Principal) -> RowReport:
    """Say what became of it. The sender's address is used once for the answer, then erased."""
    from stoa.houses.catalogue.jobs import send_answer

    need(by, Permission.ANSWER_REPORT, report.dataset.department_id)
    report = RowReport.objects.select_for_update(of=("self",)).select_related("dataset").get(pk=report.pk)
    if report.state != ReportState.OPEN or state is ReportState.OPEN:
        raise Refused(
            Problem(
                "catalogue.report_answered",
                say("This report has been answered already."),
                say("The sender got one answer and should not get two."),
                say("Look at the answer below."),
            )
        )
    report.state, report.answer = state, answer.strip()[:2000]
    report.answered_at, report.answered_by = timezone.now(), by.name
    report.save()
    record(
        city_id=report.city_id,
        by=by,
        verb="row.answered",
        thing="dataset",
        thing_id=report.dataset.slug,
        facts={"row": report.row, "state": str(state)},
    )
    if report.email:
        send_answer.defer(city_id=report.city_id, report_id=report.pk)
    return report


@transaction.atomic
def erase_senders(*, city_id: int) -> int:
    """Erase addresses of senders that are not needed any more; returns how many."""
    old = RowReport.objects.filter(city_id=city_id, made_at__lt=timezone.now() - KEEP_EMAIL).exclude(email="")
    return old.update(email="")
