# SPDX-License-Identifier: EUPL-1.2
"""News of the whole portal by e-mail: confirmed by the address, one message a day or a week, ended by one click."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.houses.catalogue.cast import TREES, Cast, deliver, publish, published
from tests.houses.catalogue.residents import RESIDENT

from stoa.commons.audit.models import AuditLine
from stoa.commons.cities.acting import acting_in
from stoa.houses.catalogue import jobs
from stoa.houses.catalogue.actions import erasing
from stoa.houses.catalogue.actions import following_portal as news
from stoa.houses.catalogue.models import Dataset, PortalFollow
from stoa.houses.catalogue.rules.digests import period_start
from stoa.houses.catalogue.terms import Rhythm
from stoa.web import open_form

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]
MONDAY = datetime(2026, 11, 16, 6, 13, tzinfo=UTC)
KIM = "kim@example.org"


def ask(cast: Cast, email: str = KIM, rhythm: Rhythm = Rhythm.WEEKLY) -> None:
    with acting_in(cast.city):
        news.follow_portal(city=cast.city, email=email, rhythm=rhythm, language="en", by=RESIDENT)


def follower(cast: Cast, at: datetime, email: str = KIM, rhythm: Rhythm = Rhythm.WEEKLY) -> PortalFollow:
    """Somebody who asked and said yes at that moment."""
    with time_machine.travel(at, tick=False):
        ask(cast, email, rhythm)
        with acting_in(cast.city):
            uid = PortalFollow.objects.get(email=email).uid
            return news.confirm_portal_follow(city=cast.city, uid=uid, by=RESIDENT)


def told(cast: Cast, at: datetime) -> int:
    with time_machine.travel(at, tick=False), acting_in(cast.city):
        return news.tell_portal_followers(city=cast.city)


def made(cast: Cast, at: datetime, title: str, **said: Any) -> Dataset:
    with time_machine.travel(at, tick=False):
        return published(cast, title=title, **said)


def test_one_message_tells_of_new_and_changed_data_and_of_nothing_that_is_closed(
    cast: Cast, mailoutbox: list[EmailMessage]
) -> None:
    old = made(cast, MONDAY - timedelta(days=5), "Trees")
    made(cast, MONDAY - timedelta(days=5), "Benches")
    follower(cast, MONDAY - timedelta(days=4))
    made(cast, MONDAY - timedelta(days=3), "Fountains")
    made(cast, MONDAY - timedelta(days=3), "Keys", access="internal")
    with time_machine.travel(MONDAY - timedelta(days=2), tick=False):
        publish(cast, deliver(cast, old, TREES + b"61;Ahorn;3,5;01.05.2019;51.9;7.6\n"), note="One more tree")
    assert told(cast, MONDAY) == 1
    (letter,) = mailoutbox
    body = str(letter.body)
    assert body.index("New data:") < body.index("Fountains (Parks)") < body.index("Changed data:")
    assert "Trees (Parks) – One more tree" in body
    assert "/c/here/datasets/fountains" in body
    assert "Keys" not in body
    assert "Benches" not in body
    assert told(cast, MONDAY + timedelta(hours=1)) == 0
    assert len(mailoutbox) == 1


def test_daily_is_every_day_and_weekly_on_mondays_and_never_when_nothing_is_new(
    cast: Cast, mailoutbox: list[EmailMessage]
) -> None:
    follower(cast, MONDAY, "daily@example.org", Rhythm.DAILY)
    follower(cast, MONDAY, "weekly@example.org", Rhythm.WEEKLY)
    assert told(cast, MONDAY + timedelta(minutes=20)) == 0, "the day of the confirmation is over first"
    assert told(cast, MONDAY + timedelta(days=1)) == 1
    assert mailoutbox == [], "nothing was new"
    made(cast, MONDAY + timedelta(days=1, hours=3), "Fountains")
    for day in range(2, 8):
        told(cast, MONDAY + timedelta(days=day))
    assert [letter.to for letter in mailoutbox] == [["daily@example.org"], ["weekly@example.org"]]
    assert all(str(letter.body).count("Fountains") == 1 for letter in mailoutbox)


def test_what_is_published_while_letters_go_out_is_told_of_the_next_day(
    cast: Cast, mailoutbox: list[EmailMessage]
) -> None:
    follower(cast, MONDAY, rhythm=Rhythm.DAILY)
    made(cast, MONDAY + timedelta(days=1) - timedelta(minutes=2), "Fountains")
    told(cast, MONDAY + timedelta(days=1))
    assert mailoutbox == []
    told(cast, MONDAY + timedelta(days=2))
    assert len(mailoutbox) == 1


def test_very_many_new_datasets_make_a_short_letter(
    cast: Cast, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    follower(cast, MONDAY)
    for n in range(3):
        made(cast, MONDAY + timedelta(days=n, hours=1), f"Number {n}")
    real = news.news_between
    monkeypatch.setattr(news, "news_between", lambda **asked: real(**asked, most=1))
    told(cast, MONDAY + timedelta(days=7))
    body = str(mailoutbox[0].body)
    assert "Number 2" in body
    assert "Number 1" not in body
    assert "And 2 more:" in body


def test_the_digest_asks_the_database_five_questions_however_much_is_new(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    old = made(cast, MONDAY - timedelta(days=5), "Trees")
    made(cast, MONDAY, "Fountains")
    with time_machine.travel(MONDAY, tick=False):
        publish(cast, deliver(cast, old, TREES + b"61;Ahorn;3,5;01.05.2019;51.9;7.6\n"))
    with acting_in(cast.city), django_assert_num_queries(5):
        found = news.news_between(
            city=cast.city, since=MONDAY - timedelta(days=1), until=MONDAY + timedelta(days=1)
        )
    assert [one.slug for one in (*found.added, *found.changed)] == ["fountains", "trees"]


def test_nothing_comes_before_the_address_says_yes_and_nothing_after_it_stops(
    cast: Cast, letters: list[Any], mailoutbox: list[EmailMessage]
) -> None:
    for _ in range(3):
        ask(cast)
    assert len(letters) == 1, "nobody's postbox is filled"
    jobs.send_letter(*letters[0])
    uid = re.search(r"/c/here/follow/all/([0-9a-f-]{36})", str(mailoutbox.pop().body))
    assert uid
    published(cast)
    assert told(cast, datetime.now(UTC) + timedelta(days=8)) == 0
    page = f"/c/here/follow/all/{uid[1]}"
    assert b"Yes, send me news" in Client().get(page).content
    assert Client().post(page).status_code == 302
    assert b"Stop the messages" in Client().get(page).content
    assert Client().post(f"{page}?rhythm=daily").status_code == 302
    with acting_in(cast.city):
        assert PortalFollow.objects.get().rhythm == Rhythm.DAILY
        PortalFollow.objects.update(told_until=datetime.now(UTC) - timedelta(days=9))
    assert told(cast, datetime.now(UTC) + timedelta(hours=1)) == 1
    (letter,) = mailoutbox
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"{page}/end>" in letter.extra_headers["List-Unsubscribe"]
    strict = Client(enforce_csrf_checks=True)
    assert Client().get(f"{page}/end").status_code == 302, "a look at the address ends nothing"
    assert strict.post(f"{page}/end", {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert strict.post(f"{page}/end").status_code == 200, "twice is as once"
    with acting_in(cast.city):
        assert not PortalFollow.objects.exists()
        lines = list(AuditLine.objects.filter(thing="portal").order_by("pk").values())
    assert [line["verb"] for line in lines] == [
        "follow.asked",
        "follow.confirmed",
        "follow.changed",
        "follow.ended",
    ]
    assert "kim" not in str(lines)
    assert Client().post(page).status_code == 404


def test_a_refused_address_holds_up_nobody_and_a_dead_server_loses_nothing(
    cast: Cast, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(3):
        follower(cast, MONDAY + timedelta(seconds=n), f"n{n}@example.org", Rhythm.DAILY)
    made(cast, MONDAY + timedelta(hours=1), "Fountains")
    send = EmailMessage.send

    def refuse_first(self: EmailMessage, *_args: Any) -> int:
        if self.to == ["n0@example.org"]:
            raise SMTPRecipientsRefused({})
        if self.to == ["n2@example.org"]:
            raise SMTPServerDisconnected("away")
        return send(self)

    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", refuse_first)
        assert told(cast, MONDAY + timedelta(days=1)) == 2
    assert [letter.to for letter in mailoutbox] == [["n1@example.org"]]
    assert told(cast, MONDAY + timedelta(days=1, hours=1)) == 1
    assert [letter.to for letter in mailoutbox] == [["n1@example.org"], ["n2@example.org"]]


def test_an_address_that_never_says_yes_is_erased(cast: Cast) -> None:
    ask(cast)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=3)), acting_in(cast.city):
        assert erasing.erase_people(city_id=cast.city.pk) == 1
        assert not PortalFollow.objects.exists()


def test_the_form_says_the_same_to_everybody(
    cast: Cast, letters: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_form.OpenForm, "is_of_program", False)
    page = "/c/here/follow"
    assert b"Once a week" in Client().get(page).content
    sent = {"email": KIM, "rhythm": "daily"}
    answers = [Client().post(page, sent) for _ in range(2)]
    assert {(one.status_code, one["Location"]) for one in answers} == {(302, f"{page}?sent=1")}
    assert b"Look into your mail" in Client().get(f"{page}?sent=1").content
    assert len(letters) == 1
    assert Client().post(page, sent | {"email": "kim"}).status_code == 422
    assert Client().post(page, sent | {"rhythm": "hourly"}).status_code == 422


ZONES = st.sampled_from(["Europe/Berlin", "America/Lima", "Pacific/Auckland", "UTC"])
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1))


@given(MOMENTS, MOMENTS, ZONES)
def test_news_are_due_once_in_each_day_and_each_week_of_the_city(
    told_at: datetime, now: datetime, zone: str
) -> None:
    """The oracle: the calendar, as a reader would compare two of its pages."""
    told_at, now = (one.replace(tzinfo=ZoneInfo(zone)) for one in (told_at, now))
    assert (told_at < period_start(Rhythm.DAILY, now)) == (told_at.date() < now.date())
    week_of = told_at.isocalendar()[:2]
    assert (told_at < period_start(Rhythm.WEEKLY, now)) == (week_of < now.isocalendar()[:2])
