# SPDX-License-Identifier: EUPL-1.2
"""Followers hear of what changed once they said yes, in one letter, until they stop."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from tests.houses.catalogue.cast import Cast, published
from tests.houses.catalogue.residents import RESIDENT, send

from stoa.commons.cities.acting import acting_in
from stoa.ground.problems import NotFound
from stoa.houses.catalogue.actions import following
from stoa.houses.catalogue.models import Dataset, Follow

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


def test_nobody_hears_of_anything_before_saying_yes_and_nothing_after_stopping(
    cast: Cast, letters: Any, mailoutbox: list[Any]
) -> None:
    trees = published(cast)
    with acting_in(cast.city):
        for _ in range(3):
            following.follow_dataset(dataset=trees, email="kim@example.org", language="en", by=RESIDENT)
    assert len(letters) == 1
    send(letters)
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
