# SPDX-License-Identifier: EUPL-1.2
"""Access on request and by role: who sees closed rows, by which key, and until when."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from tests.houses.catalogue.cast import OPERATOR, Cast, published
from tests.houses.catalogue.residents import RESIDENT, ask_access, granted, refusal_of, send

from stoa.commons.audit.models import AuditLine
from stoa.commons.cities.acting import acting_in
from stoa.commons.people.actions import give_role, invite_person
from stoa.commons.people.queries import principal_by_token, principal_of
from stoa.commons.roles.values import NOBODY
from stoa.ground.problems import NotFound, Refused
from stoa.houses.catalogue.actions import granting
from stoa.houses.catalogue.models import Dataset
from stoa.houses.catalogue.queries.access import today_in
from stoa.houses.catalogue.queries.rows import sees_rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


def test_a_key_opens_the_rows_of_this_dataset_alone_until_its_last_day(cast: Cast) -> None:
    trees, shrubs = published(cast, access="on_request"), published(cast, title="Shrubs", access="on_request")
    with acting_in(cast.city):
        grant = granted(cast, trees)
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
        grant = granted(cast, trees)
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
        key = granting.make_key(grant=granted(cast, trees), by=RESIDENT)
        Dataset.objects.filter(pk=trees.pk).update(access="internal")
        trees.refresh_from_db()
        assert not sees_rows(trees, principal_by_token(key, cast.city))


def test_the_key_is_made_only_by_the_address_that_was_mailed(
    cast: Cast, letters: Any, mailoutbox: list[Any]
) -> None:
    trees = published(cast, access="on_request")
    with acting_in(cast.city):
        grant = granted(cast, trees)
    send(letters)
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
            ask_access(cast, dataset)
    with acting_in(cast.city):
        closed = published(cast, title="Closed", access="on_request")
        for day in (today_in(cast.city) - timedelta(days=1), date(2090, 1, 1)):
            deed = lambda day=day: ask_access(cast, closed, wanted_until_on=day)  # noqa: E731
            assert refusal_of(deed).code == "catalogue.access_day_unfit"


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
