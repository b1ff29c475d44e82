# SPDX-License-Identifier: EUPL-1.2
"""The life of data: re-uses, requests, access on request, comments and followers, by who acts."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from tests.houses.catalogue.cast import OPERATOR, Cast, published

from stoa.commons.audit.models import AuditLine
from stoa.commons.cities.acting import acting_in
from stoa.commons.people.actions import give_role, invite_person
from stoa.commons.people.queries import principal_by_token, principal_of
from stoa.commons.roles.values import NOBODY, Principal
from stoa.ground.problems import NotFound, Problem, Refused
from stoa.houses.catalogue import jobs
from stoa.houses.catalogue.actions import (
    asking,
    discussing,
    erasing,
    following,
    granting,
    policies,
    reuses,
    voting,
)
from stoa.houses.catalogue.models import (
    AccessGrant,
    AccessRequest,
    Comment,
    DataRequest,
    Dataset,
    Follow,
    RequestVote,
    Reuse,
)
from stoa.houses.catalogue.queries.access import today_in
from stoa.houses.catalogue.queries.rows import sees_rows
from stoa.houses.catalogue.terms import AccessState, CheckState, RequestState, ReuseKind

pytestmark = pytest.mark.django_db
RESIDENT = Principal(channel="web")


@pytest.fixture(autouse=True)
def letters(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str, int]]:
    """Letters that were asked for; a test sends them itself, as the worker would."""
    asked: list[tuple[int, str, int]] = []
    monkeypatch.setattr(jobs, "ask_for_letter", lambda *letter: asked.append(letter))
    return asked


def _send(letters: list[tuple[int, str, int]]) -> None:
    while letters:
        jobs.send_letter(*letters.pop(0))


def _refusal(deed: Any) -> Problem:
    with pytest.raises(Refused) as refused:
        deed()
    return refused.value.problem


# --- re-uses ---


def _reuse(cast: Cast, dataset: Dataset, **said: Any) -> Reuse:
    facts = {"title": "Tree finder", "kind": ReuseKind.APPLICATION, "url": "https://trees.example/app"} | said
    return reuses.register_reuse(city=cast.city, datasets=[dataset], by=RESIDENT, **facts)


def test_a_re_use_is_shown_after_the_steward_and_the_address_is_erased(
    cast: Cast, letters: Any, mailoutbox: list[Any]
) -> None:
    trees = published(cast)
    with acting_in(cast.city):
        made = _reuse(cast, trees, email="maker@example.org")
        assert made.state == CheckState.WAITING
        reuses.decide_reuse(reuse=made, is_shown=True, by=cast.principal("cleo"))
    _send(letters)
    assert mailoutbox[0].to == ["maker@example.org"]
    with acting_in(cast.city):
        kept = Reuse.objects.get()
        assert (kept.state, kept.email) == (CheckState.SHOWN, "")
        assert "maker" not in str(list(AuditLine.objects.values()))


def test_only_the_steward_decides_and_a_refusal_needs_a_reason(cast: Cast) -> None:
    trees = published(cast)
    with acting_in(cast.city):
        made = _reuse(cast, trees)
        for who in ("ada", "ben", "dora", "egon"):
            deed = lambda who=who: reuses.decide_reuse(reuse=made, is_shown=True, by=cast.principal(who))  # noqa: E731
            assert _refusal(deed).code == "catalogue.right_missing"
        steward = cast.principal("cleo")
        deed = lambda: reuses.decide_reuse(reuse=made, is_shown=False, by=steward, reason=" ")  # noqa: E731
        assert _refusal(deed).code == "catalogue.text_missing"
        assert reuses.decide_reuse(reuse=made, is_shown=False, by=steward, reason="Advertisement").reason


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://x.example", "https://", "https://a@b.example", "http://["]
)
def test_an_address_that_nobody_should_follow_is_refused(cast: Cast, url: str) -> None:
    trees = published(cast)
    with acting_in(cast.city):
        assert _refusal(lambda: _reuse(cast, trees, url=url)).code == "catalogue.address_unfit"


# --- requests for data ---


def _request(cast: Cast, **said: Any) -> DataRequest:
    facts = {"title": "Drinking fountains", "description": "Where they are and when they run."} | said
    return asking.ask_for_data(city=cast.city, by=RESIDENT, **facts)


def test_a_request_is_promised_by_the_city_s_own_days_and_answered_with_a_reason(
    cast: Cast, letters: Any, mailoutbox: list[Any]
) -> None:
    trees = published(cast)
    with acting_in(cast.city):
        policies.set_policy(city=cast.city, by=cast.principal("cleo"), answer_days=10)
        made = _request(cast, email="asks@example.org")
        shown = asking.show_request(found=made, by=cast.principal("cleo"), department=cast.parks)
        assert shown.promised_on == today_in(cast.city) + timedelta(days=10)
        deed = lambda: asking.answer_request(  # noqa: E731
            found=made, state=RequestState.GRANTED, reason="", by=cast.principal("ada"), dataset=trees
        )
        assert _refusal(deed).code == "catalogue.text_missing"
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
    _send(letters)
    assert "Here it is." in mailoutbox[0].body
    with acting_in(cast.city):
        kept = DataRequest.objects.get()
        assert (kept.state, kept.email, kept.dataset_id) == (RequestState.GRANTED, "", trees.pk)
        again = lambda: asking.answer_request(  # noqa: E731
            found=kept, state=RequestState.REFUSED, reason="No", by=cast.principal("cleo")
        )
        assert _refusal(again).code == "catalogue.decision_made"


def test_what_is_no_request_is_never_public(cast: Cast) -> None:
    with acting_in(cast.city):
        made = _request(cast, title="Buy cheap watches")
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
        made = asking.show_request(found=_request(cast), by=cast.principal("cleo"))
        for address in ("me@example.org", "ME@example.org ", "me@example.org"):
            assert voting.vote_for(found=made, by=RESIDENT, email=address) is False
        assert RequestVote.objects.count() == 1
    assert len(letters) == 1
    _send(letters)
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
        made = asking.show_request(found=_request(cast), by=cast.principal("cleo"))
        assert voting.vote_for(found=made, by=cast.principal("ben")) is True
        voting.vote_for(found=made, by=RESIDENT, email="ben@here.example")
        assert DataRequest.objects.get().votes == 1
        line = AuditLine.objects.get(verb="data_request.voted")
        assert (line.by_id, line.by_name) == (None, "")
    assert letters == []


def test_no_postbox_is_filled_by_votes(cast: Cast, letters: Any) -> None:
    with acting_in(cast.city):
        for n in range(8):
            made = asking.show_request(found=_request(cast, title=f"Data {n}"), by=cast.principal("cleo"))
            voting.vote_for(found=made, by=RESIDENT, email="me@example.org")
    assert len(letters) == voting.MOST_UNCONFIRMED


def test_votes_of_two_requests_cannot_be_laid_side_by_side(cast: Cast) -> None:
    with acting_in(cast.city):
        one, other = _request(cast), _request(cast, title="Benches")
        assert voting.mark_of(one, "me@example.org") != voting.mark_of(other, "me@example.org")
        assert voting.mark_of(one, "me@example.org") == voting.mark_of(one, " Me@Example.org")


# --- access on request ---


def _ask(cast: Cast, dataset: Dataset, **said: Any) -> AccessRequest:
    facts: dict[str, Any] = {
        "name": "Fay Field",
        "organisation": "University",
        "email": "fay@uni.example",
        "purpose": "A study about shade",
        "wanted_until_on": today_in(cast.city) + timedelta(days=100),
        "agreement": "I keep them to myself.",
    }
    return granting.ask_for_access(dataset=dataset, by=RESIDENT, **(facts | said))


def _granted(cast: Cast, dataset: Dataset, days: int = 30, **said: Any) -> AccessGrant:
    until = today_in(cast.city) + timedelta(days=days)
    return granting.grant_access(
        found=_ask(cast, dataset, **said), until_on=until, reason="For science", by=cast.principal("ada")
    )


def test_a_key_opens_the_rows_of_this_dataset_alone_until_its_last_day(cast: Cast) -> None:
    trees, shrubs = published(cast, access="on_request"), published(cast, title="Shrubs", access="on_request")
    with acting_in(cast.city):
        grant = _granted(cast, trees)
        key = granting.make_key(grant=grant, by=RESIDENT)
    headers = {"authorization": f"Bearer {key}"}
    rows = f"/c/here/api/v1/datasets/{trees.slug}/rows"
    assert Client().get(rows).status_code == 404
    assert Client(headers=headers).get(rows).status_code == 200
    assert Client(headers=headers).get(f"/c/here/datasets/{trees.slug}/download/csv").status_code == 200
    assert Client(headers=headers).get(f"/c/here/api/v1/datasets/{shrubs.slug}/rows").status_code == 404
    assert Client(headers=headers).get(f"/c/there/api/v1/datasets/{trees.slug}/rows").status_code == 401
    assert Client(headers=headers).post("/c/here/api/v1/datasets", {}, "application/json").status_code in {
        404,
        422,
    }
    last = today_in(cast.city) + timedelta(days=30)
    with time_machine.travel(f"{last.isoformat()}T21:30:00+00:00", tick=False):
        assert Client(headers=headers).get(rows).status_code == 200
    with time_machine.travel(f"{(last + timedelta(days=1)).isoformat()}T00:30:00+00:00", tick=False):
        assert Client(headers=headers).get(rows).status_code == 401


def test_access_that_is_taken_back_ends_at_once_for_key_and_person(cast: Cast, letters: Any) -> None:
    trees = published(cast, access="on_request")
    with acting_in(cast.city):
        fay = invite_person(city=cast.city, email="fay@uni.example", by=OPERATOR, name="Fay")
        grant = _granted(cast, trees)
        assert grant.person_id == fay.pk
        assert sees_rows(trees, principal_of(fay, cast.city))
        key = granting.make_key(grant=grant, by=RESIDENT)
        assert sees_rows(trees, principal_by_token(key, cast.city))
        for who in ("ben", "dora", "egon"):
            with pytest.raises(Refused):
                granting.revoke_access(grant=grant, why="Because", by=cast.principal(who))
        granting.revoke_access(grant=grant, why="The study has ended", by=cast.principal("ada"))
        assert not sees_rows(trees, principal_of(fay, cast.city))
        assert not sees_rows(trees, principal_by_token(key, cast.city))
        with pytest.raises(NotFound):
            granting.make_key(grant=grant, by=RESIDENT)
        lines = AuditLine.objects.filter(verb__startswith="access.").order_by("pk")
        verbs = list(lines.values_list("verb", flat=True))
        assert verbs == ["access.asked", "access.granted", "access.key_made", "access.revoked"]
        told = str(list(AuditLine.objects.filter(verb__startswith="access.").values()))
        assert "Fay" not in told
        assert "uni.example" not in told


def test_access_ends_when_the_owner_makes_the_dataset_internal(cast: Cast) -> None:
    trees = published(cast, access="on_request")
    with acting_in(cast.city):
        key = granting.make_key(grant=_granted(cast, trees), by=RESIDENT)
        Dataset.objects.filter(pk=trees.pk).update(access="internal")
        trees.refresh_from_db()
        assert not sees_rows(trees, principal_by_token(key, cast.city))


def test_the_key_is_made_only_by_the_address_that_was_mailed(
    cast: Cast, letters: Any, mailoutbox: list[Any]
) -> None:
    trees = published(cast, access="on_request")
    with acting_in(cast.city):
        grant = _granted(cast, trees)
    _send(letters)
    assert Client().get(f"/c/here/access/key/{grant.request.uid}").status_code == 404
    page = Client().get(f"/c/here/access/{grant.request.uid}")
    assert str(grant.uid) not in page.content.decode()
    assert "Fay" not in page.content.decode()
    assert f"/access/key/{grant.uid}" in mailoutbox[0].body
    client = Client()
    assert "stoa_" not in client.get(f"/c/here/access/key/{grant.uid}").content.decode()
    made = re.search(r"stoa_[\w-]{40,}", client.post(f"/c/here/access/key/{grant.uid}").content.decode())
    assert made
    assert (
        Client(headers={"authorization": f"Bearer {made[0]}"})
        .get(f"/c/here/api/v1/datasets/{trees.slug}/rows")
        .status_code
        == 200
    )


def test_nobody_can_ask_for_what_is_open_internal_or_a_draft(cast: Cast) -> None:
    for n, access in enumerate(("open", "internal")):
        dataset = published(cast, title=f"Trees {n}", access=access)
        with acting_in(cast.city), pytest.raises(NotFound):
            _ask(cast, dataset)
    with acting_in(cast.city):
        closed = published(cast, title="Closed", access="on_request")
        for day in (today_in(cast.city) - timedelta(days=1), date(2090, 1, 1)):
            deed = lambda day=day: _ask(cast, closed, wanted_until_on=day)  # noqa: E731
            assert _refusal(deed).code == "catalogue.access_day_unfit"


def test_colleagues_with_a_role_see_entitled_rows_without_asking_and_others_do_not(cast: Cast) -> None:
    entitled, asked = published(cast, access="entitled"), published(cast, title="Asked", access="on_request")
    with acting_in(cast.city):
        rita = invite_person(city=cast.city, email="rita@here.example", by=OPERATOR, name="Rita")
        give_role(city=cast.city, person=rita, role="reader", by=OPERATOR, department=cast.roads)
        reader = principal_of(rita, cast.city)
        seen = {
            who: (sees_rows(entitled, by), sees_rows(asked, by))
            for who, by in {
                "owner": cast.principal("ada"),
                "colleague": cast.principal("ben"),
                "steward": cast.principal("cleo"),
                "reader": reader,
                "other city": cast.principal("egon"),
                "nobody": NOBODY,
            }.items()
        }
    assert seen == {
        "owner": (True, True),
        "colleague": (True, False),
        "steward": (True, True),
        "reader": (True, False),
        "other city": (False, False),
        "nobody": (False, False),
    }


# --- comments ---


def test_a_comment_waits_until_the_department_looked_and_answered(
    cast: Cast, letters: Any, mailoutbox: list[Any]
) -> None:
    trees = published(cast)
    here = f"/c/here/datasets/{trees.slug}/discussion"
    with acting_in(cast.city):
        made = discussing.comment_on(
            dataset=trees, text="Is the oak still there?", by=RESIDENT, by_name="Kim", email="kim@example.org"
        )
    assert "the oak" not in Client().get(here).content.decode()
    with acting_in(cast.city):
        for who in ("ben", "dora", "egon"):
            with pytest.raises(Refused):
                discussing.decide_comment(comment=made, is_shown=True, by=cast.principal(who))
        discussing.decide_comment(comment=made, is_shown=True, answer="Yes, it is.", by=cast.principal("ada"))
    page = Client().get(here).content.decode()
    assert "the oak" in page
    assert "Yes, it is." in page
    assert "example.org" not in page
    _send(letters)
    assert "Yes, it is." in mailoutbox[0].body
    with acting_in(cast.city):
        assert Comment.objects.get().email == ""


def test_a_comment_full_of_addresses_is_refused_and_the_list_has_an_end(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    trees = published(cast)
    with acting_in(cast.city):
        spam = "Look http://a.example https://b.example www.c.example"
        refusal = _refusal(lambda: discussing.comment_on(dataset=trees, text=spam, by=RESIDENT))
        assert refusal.code == "catalogue.links_too_many"
        monkeypatch.setattr(discussing, "MOST_AN_HOUR", 2)
        for _ in range(2):
            discussing.comment_on(dataset=trees, text="Hello", by=RESIDENT)
        refusal = _refusal(lambda: discussing.comment_on(dataset=trees, text="Hello", by=RESIDENT))
        assert refusal.code == "catalogue.messages_too_many"
        with time_machine.travel(datetime.now(UTC) + timedelta(hours=2)):
            discussing.comment_on(dataset=trees, text="Hello", by=RESIDENT)


# --- following ---


def test_nobody_hears_of_anything_before_saying_yes_and_nothing_after_stopping(
    cast: Cast, letters: Any, mailoutbox: list[Any]
) -> None:
    trees = published(cast)
    with acting_in(cast.city):
        for _ in range(3):
            following.follow_dataset(dataset=trees, email="kim@example.org", language="en", by=RESIDENT)
    assert len(letters) == 1
    _send(letters)
    uid = re.search(r"/follow/([0-9a-f-]{36})", mailoutbox.pop().body)
    assert uid
    with acting_in(cast.city):
        Follow.objects.update(told_version=0)
        assert following.tell_followers(city=cast.city) == 0
    assert Client().post(f"/c/here/follow/{uid[1]}").status_code == 302
    with acting_in(cast.city):
        assert following.tell_followers(city=cast.city) == 0, "what was there before is no news"
        Follow.objects.update(told_version=0)
        assert following.tell_followers(city=cast.city) == 1
        assert following.tell_followers(city=cast.city) == 0
    (news,) = mailoutbox
    assert news.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"/follow/{uid[1]}/end" in news.extra_headers["List-Unsubscribe"]
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"/c/here/follow/{uid[1]}/end", {"List-Unsubscribe": "One-Click"}).status_code == 200
    with acting_in(cast.city):
        assert not Follow.objects.exists()


def test_one_letter_tells_of_all_that_changed_and_none_of_what_was_closed(
    cast: Cast, letters: Any, mailoutbox: list[Any]
) -> None:
    both = [published(cast, title=title) for title in ("Trees", "Shrubs", "Secret")]
    with acting_in(cast.city):
        for dataset in both:
            following.follow_dataset(dataset=dataset, email="kim@example.org", language="de", by=RESIDENT)
        for follow in Follow.objects.all():
            following.confirm_follow(city=cast.city, uid=follow.uid, by=RESIDENT)
        Follow.objects.update(told_version=0)
        Dataset.objects.filter(pk=both[2].pk).update(access="internal")
        assert following.tell_followers(city=cast.city) == 1
    (news,) = mailoutbox
    assert "Trees" in news.body
    assert "Shrubs" in news.body
    assert "Secret" not in news.body


def test_nobody_follows_what_is_not_public_and_no_postbox_is_filled(cast: Cast, letters: Any) -> None:
    internal = published(cast, title="Internal", access="internal")
    with acting_in(cast.city):
        with pytest.raises(NotFound):
            following.follow_dataset(
                dataset=internal, email="a@example.org", language="en", by=cast.principal("ada")
            )
        shown = [published(cast, title=f"Trees {n}") for n in range(7)]
        for dataset in shown:
            following.follow_dataset(dataset=dataset, email="kim@example.org", language="en", by=RESIDENT)
    assert len(letters) == following.MOST_UNCONFIRMED


# --- erasing ---


def test_everything_about_people_goes_when_its_time_is_over(cast: Cast) -> None:
    trees, closed = published(cast), published(cast, title="Closed", access="on_request")
    with acting_in(cast.city):
        _reuse(cast, trees, email="a@example.org")
        made = asking.show_request(found=_request(cast, email="b@example.org"), by=cast.principal("cleo"))
        voting.vote_for(found=made, by=RESIDENT, email="c@example.org")
        discussing.comment_on(dataset=trees, text="Hello", by=RESIDENT, email="d@example.org")
        following.follow_dataset(dataset=trees, email="e@example.org", language="en", by=RESIDENT)
        _granted(cast, closed, days=10)
        assert erasing.erase_people(city_id=cast.city.pk) == 0
    with time_machine.travel(date.today() + timedelta(days=3)), acting_in(cast.city):
        assert erasing.erase_people(city_id=cast.city.pk) == 2
        assert not RequestVote.objects.exists()
        assert not Follow.objects.exists()
        assert AccessRequest.objects.get().email
    with time_machine.travel(date.today() + timedelta(days=200)), acting_in(cast.city):
        assert erasing.erase_people(city_id=cast.city.pk) == 4
        left = [*Reuse.objects.values(), *DataRequest.objects.values(), *Comment.objects.values()]
        left += AccessRequest.objects.values()
        assert "example" not in re.sub(r"trees\.example/app", "", str(left))
        assert AccessRequest.objects.get().state == AccessState.GRANTED
