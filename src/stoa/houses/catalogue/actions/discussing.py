# SPDX-License-Identifier: EUPL-1.2
"""Comments on a dataset: held until somebody looked, answered by the department."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from stoa.commons.audit.actions import record
from stoa.commons.roles.values import Principal
from stoa.ground.words import pick, say
from stoa.houses.catalogue.actions.limits import already_decided, need_text, refuse_links, refuse_too_many
from stoa.houses.catalogue.actions.rights import need
from stoa.houses.catalogue.actions.telling import tell_department
from stoa.houses.catalogue.models import Comment, Dataset
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.terms import CheckState

MOST_AN_HOUR = 30
"""Comments on one dataset."""


@transaction.atomic
def comment_on(*, dataset: Dataset, text: str, by: Principal, by_name: str = "", email: str = "") -> Comment:
    """Say or ask something about a dataset that one may know of; needs no account."""
    refuse_links(f"{by_name} {text}", "text")
    refuse_too_many(Comment.objects.filter(dataset=dataset), MOST_AN_HOUR)
    made = Comment.objects.create(
        city_id=dataset.city_id,
        dataset=dataset,
        text=need_text(text, "text")[:2000],
        by_name=by_name.strip()[:80],
        email=email.strip(),
    )
    record(city_id=dataset.city_id, by=by, verb="comment.made", thing="dataset", thing_id=dataset.slug)
    title = pick(dataset.title, list(dataset.city.languages))
    tell_department(
        city=dataset.city,
        department_id=dataset.department_id,
        topic="comment.made",
        saying=say("Somebody comments on “%(title)s”.", title=title),
        link=f"/desk/comments/{made.pk}",
    )
    return made


@transaction.atomic
def decide_comment(
    *, comment: Comment, is_shown: bool, by: Principal, answer: str = "", reason: str = ""
) -> Comment:
    """Show a comment, with an answer if there is one; or keep it back and say why."""
    from stoa.houses.catalogue.jobs import ask_for_letter

    need(by, Permission.CHECK_CONTRIBUTION, comment.dataset.department_id)
    comment = Comment.objects.select_for_update(of=("self",)).select_related("dataset").get(pk=comment.pk)
    state = CheckState.SHOWN if is_shown else CheckState.REFUSED
    if comment.state == state and comment.answer == answer.strip():
        raise already_decided()
    comment.state, comment.answer = state, answer.strip()[:2000] if is_shown else ""
    comment.reason = "" if is_shown else need_text(reason, "reason")[:1000]
    comment.decided_at, comment.decided_by = timezone.now(), by.name
    comment.save()
    record(
        city_id=comment.city_id,
        by=by,
        verb="comment.decided",
        thing="dataset",
        thing_id=comment.dataset.slug,
        facts={"state": str(state), "reason": comment.reason},
    )
    if comment.email:
        ask_for_letter(comment.city_id, "comment", comment.pk)
    return comment
