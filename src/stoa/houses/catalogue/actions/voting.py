# SPDX-License-Identifier: EUPL-1.2
"""One vote a person, and no list of who voted: an address is asked to confirm, then only a keyed hash stays."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from stoa.commons.audit.actions import record
from stoa.commons.cities.models import City
from stoa.commons.notices.mailboxes import of_mailbox
from stoa.commons.people.models import Person
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound
from stoa.houses.catalogue.actions.limits import already_decided, need_text, refuse_too_many
from stoa.houses.catalogue.models import DataRequest, RequestVote
from stoa.houses.catalogue.terms import RequestState

AGAIN_AFTER = timedelta(hours=6)
"""A second letter to the same address comes no sooner."""
KEEP_UNCONFIRMED = timedelta(days=2)
MOST_AN_HOUR = 300
"""Unconfirmed votes of one request: a newspaper may have written about it."""
MOST_UNCONFIRMED = 5
"""Letters that one address may have waiting: nobody's postbox is filled by us."""


def mark_of(found: DataRequest, email: str) -> str:
    """The same for the same person and request, of no use for any other request."""
    return salted_hmac(
        "catalogue.vote", f"{found.uid}:{email.strip().lower()}", algorithm="sha256"
    ).hexdigest()


@transaction.atomic
def vote_for(*, found: DataRequest, by: Principal, email: str = "") -> bool:
    """Vote for an open request; True if it counts at once, False if the address has to confirm.

    Says the same whether the address voted before or not.
    """
    from stoa.houses.catalogue.jobs import ask_for_letter

    if found.state != RequestState.OPEN:
        raise already_decided()
    person = Person.objects.filter(pk=by.person_id).first() if by.person_id else None
    address = person.email if person else need_text(email, "email")
    refuse_too_many(found.voices.filter(confirmed_at=None), MOST_AN_HOUR)
    waiting = RequestVote.objects.filter(of_mailbox(address), city_id=found.city_id, confirmed_at=None)
    if person is None and waiting.count() >= MOST_UNCONFIRMED:
        return False
    vote, is_new = RequestVote.objects.get_or_create(
        city_id=found.city_id,
        request=found,
        mark=mark_of(found, address),
        defaults={"email": "" if person else address},
    )
    if vote.confirmed_at is None and person:
        _count(vote, by)
    elif vote.confirmed_at is None and (is_new or vote.made_at < timezone.now() - AGAIN_AFTER):
        vote.made_at, vote.email = timezone.now(), address
        vote.save(update_fields=["made_at", "email"])
        ask_for_letter(found.city_id, "vote", vote.pk)
    return person is not None


@transaction.atomic
def confirm_vote(*, city: City, uid: UUID, by: Principal) -> DataRequest:
    """The address says yes: the vote counts, the address is erased. Twice is as once."""
    vote = RequestVote.objects.select_for_update(of=("self",)).filter(city=city, uid=uid).first()
    if vote is None:
        raise NotFound("vote")
    if vote.confirmed_at is None:
        _count(vote, by)
    return DataRequest.objects.get(pk=vote.request_id)


def _count(vote: RequestVote, by: Principal) -> None:
    vote.confirmed_at, vote.email = timezone.now(), ""
    vote.save(update_fields=["confirmed_at", "email"])
    DataRequest.objects.filter(pk=vote.request_id).update(votes=F("votes") + 1)
    # Who voted is nobody's business: the line says that somebody did.
    record(
        city_id=vote.city_id,
        by=Principal(city_id=by.city_id, channel=by.channel),
        verb="data_request.voted",
        thing="data_request",
        thing_id=str(vote.request.uid),
    )
