# SPDX-License-Identifier: EUPL-1.2
"""Comments wait until the department looked, and have an end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from tests.houses.catalogue.cast import Cast, published
from tests.houses.catalogue.residents import RESIDENT, refusal_of, send

from stoa.commons.cities.acting import acting_in
from stoa.ground.problems import Refused
from stoa.houses.catalogue.actions import discussing
from stoa.houses.catalogue.models import Comment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


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
    send(letters)
    assert "Yes, it is." in mailoutbox[0].body
    with acting_in(cast.city):
        assert Comment.objects.get().email == ""


def test_a_comment_full_of_addresses_is_refused_and_the_list_has_an_end(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    trees = published(cast)
    with acting_in(cast.city):
        spam = "Look http://a.example https://b.example www.c.example"
        refusal = refusal_of(lambda: discussing.comment_on(dataset=trees, text=spam, by=RESIDENT))
        assert refusal.code == "catalogue.links_too_many"
        monkeypatch.setattr(discussing, "MOST_AN_HOUR", 2)
        for _ in range(2):
            discussing.comment_on(dataset=trees, text="Hello", by=RESIDENT)
        refusal = refusal_of(lambda: discussing.comment_on(dataset=trees, text="Hello", by=RESIDENT))
        assert refusal.code == "catalogue.messages_too_many"
        with time_machine.travel(datetime.now(UTC) + timedelta(hours=2)):
            discussing.comment_on(dataset=trees, text="Hello", by=RESIDENT)
