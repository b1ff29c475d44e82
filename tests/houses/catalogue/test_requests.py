# SPDX-License-Identifier: EUPL-1.2
"""Requests for data: promised, answered, voted for once, and never public when they are none."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.houses.catalogue.cast import Cast, published
from tests.houses.catalogue.residents import RESIDENT, made_request, refusal_of, send

from stoa.commons.audit.models import AuditLine
from stoa.commons.cities.acting import acting_in
from stoa.ground.problems import Refused
from stoa.houses.catalogue.actions import asking, policies, voting
from stoa.houses.catalogue.models import DataRequest, RequestVote
from stoa.houses.catalogue.queries.access import today_in
from stoa.houses.catalogue.terms import RequestState

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


def test_a_request_is_promised_by_the_city_s_own_days_and_answered_with_a_reason(
    cast: Cast, letters: Any, mailoutbox: list[Any]
) -> None:
    trees = published(cast)
    with acting_in(cast.city):
        policies.set_policy(city=cast.city, by=cast.principal("cleo"), answer_days=10)
        made = made_request(cast, email="asks@example.org")
        shown = asking.show_request(found=made, by=cast.principal("cleo"), department=cast.parks)
        assert shown.promised_on == today_in(cast.city) + timedelta(days=10)
        deed = lambda: asking.answer_request(  # noqa: E731
            found=made, state=RequestState.GRANTED, reason="", by=cast.principal("ada"), dataset=trees
        )
        assert refusal_of(deed).code == "catalogue.text_missing"
        for who in ("ben", "dora", "egon"):
            with pytest.raises(Refused):
                asking.answer_request(
                    found=made, state=RequestState.REFUSED, reason="No", by=cast.principal(who)
                )
        asking.answer_request(
            found=made,
            state=RequestState.GRANTED,
            reason="Here it is.",
            by=cast.principal("ada"),
            dataset=trees,
        )
    send(letters)
    assert "Here it is." in mailoutbox[0].body
    with acting_in(cast.city):
        kept = DataRequest.objects.get()
        assert (kept.state, kept.email, kept.dataset_id) == (RequestState.GRANTED, "", trees.pk)
        again = lambda: asking.answer_request(  # noqa: E731
            found=kept, state=RequestState.REFUSED, reason="No", by=cast.principal("cleo")
        )
        assert refusal_of(again).code == "catalogue.decision_made"


def test_what_is_no_request_is_never_public(cast: Cast) -> None:
    with acting_in(cast.city):
        made = made_request(cast, title="Buy cheap watches")
        asking.answer_request(
            found=made, state=RequestState.NOT_SHOWN, reason="Not about data", by=cast.principal("cleo")
        )
    page = Client().get("/c/here/requests")
    assert "cheap watches" not in page.content.decode()
    own = Client().get(f"/c/here/requests/{made.uid}")
    assert "cheap watches" not in own.content.decode()
    assert "Not about data" in own.content.decode()


def test_an_address_votes_once_and_is_nowhere_afterwards(
    cast: Cast, letters: Any, mailoutbox: list[Any]
) -> None:
    with acting_in(cast.city):
        made = asking.show_request(found=made_request(cast), by=cast.principal("cleo"))
        for address in ("me@example.org", "ME@example.org ", "me@example.org"):
            assert voting.vote_for(found=made, by=RESIDENT, email=address) is False
        assert RequestVote.objects.count() == 1
    assert len(letters) == 1
    send(letters)
    uid = re.search(r"/requests/votes/([0-9a-f-]{36})", mailoutbox[0].body)
    assert uid
    with acting_in(cast.city):
        for _ in range(2):
            voting.confirm_vote(city=cast.city, uid=uid[1], by=RESIDENT)
        assert DataRequest.objects.get().votes == 1
        vote = RequestVote.objects.get()
        assert vote.email == ""
        assert "example.org" not in str(list(AuditLine.objects.values()))
        assert voting.vote_for(found=made, by=RESIDENT, email="me@example.org") is False
        assert DataRequest.objects.get().votes == 1
    assert letters == []


def test_somebody_signed_in_votes_at_once_and_not_again_by_mail(cast: Cast, letters: Any) -> None:
    with acting_in(cast.city):
        made = asking.show_request(found=made_request(cast), by=cast.principal("cleo"))
        assert voting.vote_for(found=made, by=cast.principal("ben")) is True
        voting.vote_for(found=made, by=RESIDENT, email="ben@here.example")
        assert DataRequest.objects.get().votes == 1
        line = AuditLine.objects.get(verb="data_request.voted")
        assert (line.by_id, line.by_name) == (None, "")
    assert letters == []


def test_no_postbox_is_filled_by_votes(cast: Cast, letters: Any) -> None:
    with acting_in(cast.city):
        for n in range(8):
            made = asking.show_request(found=made_request(cast, title=f"Data {n}"), by=cast.principal("cleo"))
            voting.vote_for(found=made, by=RESIDENT, email="me@example.org")
    assert len(letters) == voting.MOST_UNCONFIRMED


def test_votes_of_two_requests_cannot_be_laid_side_by_side(cast: Cast) -> None:
    with acting_in(cast.city):
        one, other = made_request(cast), made_request(cast, title="Benches")
        assert voting.mark_of(one, "me@example.org") != voting.mark_of(other, "me@example.org")
        assert voting.mark_of(one, "me@example.org") == voting.mark_of(one, " Me@Example.org")
