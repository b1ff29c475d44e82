# SPDX-License-Identifier: EUPL-1.2
"""Everything about people goes when its time is over."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import time_machine
from tests.houses.catalogue.cast import Cast, published
from tests.houses.catalogue.residents import RESIDENT, granted, made_request, made_reuse

from stoa.commons.cities.acting import acting_in
from stoa.houses.catalogue.actions import asking, discussing, erasing, following, voting
from stoa.houses.catalogue.models import AccessRequest, Comment, DataRequest, Follow, RequestVote, Reuse
from stoa.houses.catalogue.terms import AccessState

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


def test_everything_about_people_goes_when_its_time_is_over(cast: Cast) -> None:
    trees, closed = published(cast), published(cast, title="Closed", access="on_request")
    with acting_in(cast.city):
        made_reuse(cast, trees, email="a@example.org")
        made = asking.show_request(found=made_request(cast, email="b@example.org"), by=cast.principal("cleo"))
        voting.vote_for(found=made, by=RESIDENT, email="c@example.org")
        discussing.comment_on(dataset=trees, text="Hello", by=RESIDENT, email="d@example.org")
        following.follow_dataset(dataset=trees, email="e@example.org", language="en", by=RESIDENT)
        granted(cast, closed, days=10)
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
