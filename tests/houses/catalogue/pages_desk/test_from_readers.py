# SPDX-License-Identifier: EUPL-1.2
"""What readers sent in, the board and the policy, at the desk and by who sits there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.houses.catalogue.cast import TREES, Cast, deliver, published
from tests.houses.catalogue.pages_desk.conftest import SignIn, words

from stoa.commons.cities.acting import acting_in
from stoa.commons.roles.values import Principal
from stoa.houses.catalogue.actions import asking, discussing, granting, reuses
from stoa.houses.catalogue.models import (
    AccessGrant,
    AccessRequest,
    Comment,
    DataRequest,
    Dataset,
    Delivery,
    OpenDataPolicy,
    Reuse,
    Source,
    UsageDay,
)
from stoa.houses.catalogue.queries import board
from stoa.houses.catalogue.queries.access import today_in
from stoa.houses.catalogue.terms import ReuseKind

pytestmark = pytest.mark.django_db
DESK = "/c/here/desk"
RESIDENT = Principal()


@pytest.fixture
def sent(cast: Cast) -> dict[str, str]:
    """One of each kind for the parks department; kind to address."""
    trees = published(cast, access="on_request")
    with acting_in(cast.city):
        reuse = reuses.register_reuse(
            city=cast.city,
            title="Tree app",
            kind=ReuseKind.STUDY,
            url="https://x.example",
            datasets=[trees],
            by=RESIDENT,
        )
        comment = discussing.comment_on(dataset=trees, text="Where is the oak?", by=RESIDENT)
        wanted = asking.ask_for_data(
            city=cast.city, title="Fountains", description="All of them", by=RESIDENT
        )
        access = granting.ask_for_access(
            dataset=trees,
            name="Fay",
            organisation="University",
            email="fay@uni.example",
            purpose="A study",
            wanted_until_on=today_in(cast.city) + timedelta(days=5),
            agreement="I agree",
            by=RESIDENT,
        )
    return {
        "reuse": f"{DESK}/reuses/{reuse.pk}",
        "comment": f"{DESK}/comments/{comment.pk}",
        "request": f"{DESK}/requests/{wanted.pk}",
        "access": f"{DESK}/access/{access.pk}",
    }


def test_each_sees_what_is_theirs_to_decide(cast: Cast, sign_in: SignIn, sent: dict[str, str]) -> None:
    seen = {
        who: {kind: sign_in(who).get(url).status_code for kind, url in sent.items()}
        for who in ("cleo", "ada", "ben", "dora", "egon")
    }
    assert seen == {
        "cleo": {"reuse": 200, "comment": 200, "request": 200, "access": 200},
        "ada": {"reuse": 403, "comment": 200, "request": 404, "access": 200},
        "ben": {"reuse": 403, "comment": 404, "request": 404, "access": 404},
        "dora": dict.fromkeys(sent, 302),
        "egon": dict.fromkeys(sent, 403),
    }
    assert "Where is the oak?" in words(sign_in("ada").get(f"{DESK}/contributions"))
    assert "Where is the oak?" not in words(sign_in("ben").get(f"{DESK}/contributions"))


def test_the_steward_decides_all_four_by_their_forms(
    cast: Cast, sign_in: SignIn, sent: dict[str, str]
) -> None:
    cleo = sign_in("cleo")
    assert cleo.post(sent["reuse"], {"state": "refused"}).status_code == 422
    assert cleo.post(sent["reuse"], {"state": "shown"}).status_code == 302
    assert cleo.post(sent["comment"], {"state": "shown", "answer": "By the lake."}).status_code == 302
    assert cleo.post(sent["request"], {"state": "open", "department": str(cast.parks.pk)}).status_code == 302
    unknown = {"state": "granted", "reason": "Here", "dataset": "no-such-thing"}
    assert "There is no dataset" in words(cleo.post(sent["request"], unknown))
    assert sign_in("ada").post(sent["request"], unknown | {"dataset": "trees"}).status_code == 302
    day = (today_in(cast.city) + timedelta(days=3)).isoformat()
    assert cleo.post(sent["access"], {"state": "granted", "until_on": day, "reason": ""}).status_code == 422
    assert (
        cleo.post(sent["access"], {"state": "granted", "until_on": day, "reason": "Yes"}).status_code == 302
    )
    assert cleo.post(sent["access"], {"reason": "It has ended"}).status_code == 302
    with acting_in(cast.city):
        assert Reuse.objects.get().state == "shown"
        assert Comment.objects.get().answer == "By the lake."
        assert DataRequest.objects.get().dataset.slug == "trees"
        assert AccessRequest.objects.get().state == "granted"
        assert AccessGrant.objects.get().revoked_by == "Cleo"
    assert "It has ended" in words(cleo.get(sent["access"]))


@pytest.mark.parametrize(("who", "status"), [("ben", {403, 404}), ("dora", {302}), ("egon", {403})])
def test_nobody_else_decides_by_sending_a_form(
    cast: Cast, sign_in: SignIn, sent: dict[str, str], who: str, status: set[int]
) -> None:
    said = {"state": "shown", "reason": "x", "until_on": today_in(cast.city).isoformat()}
    for kind, url in sent.items():
        answer = sign_in(who).post(url, said | ({"state": "granted"} if kind == "access" else {}))
        assert answer.status_code in status, kind
    assert sign_in(who).post(f"{DESK}/policy", {"answer_days": "1"}).status_code in {302, 403}
    with acting_in(cast.city):
        assert not AccessGrant.objects.exists()
        assert not OpenDataPolicy.objects.exists()


def test_the_policy_is_set_by_the_steward_and_used_at_once(cast: Cast, sign_in: SignIn) -> None:
    cleo = sign_in("cleo")
    said = {
        "answer_days": "14", "uses_for_request": "10", "request_minutes": "30", "hour_cost_cents": "5000",
        "keeping_minutes": "15", "platform_cents": "0", "currency": "EUR", "is_value_public": "on",
        "agreement_en": "Be good.", "agreement_de": "",
    }  # fmt: skip
    assert cleo.post(f"{DESK}/policy", said | {"answer_days": "0"}).status_code == 422
    assert cleo.post(f"{DESK}/policy", said).status_code == 302
    assert sign_in("ada").get(f"{DESK}/policy").status_code == 403
    assert "within 14 days" in words(sign_in("dora").get("/c/here/requests"))
    assert sign_in("dora").get("/c/here/value").status_code == 200
    closed = published(cast, access="on_request")
    assert "Be good." in words(sign_in("dora").get(f"/c/here/datasets/{closed.slug}/access"))


def _trouble(cast: Cast) -> Dataset:
    """Six datasets, one with each trouble and one with none."""
    names = ("Good", "Late", "Broken", "Drifting", "Bare", "Forgotten")
    made = {name: published(cast, title=name) for name in names}
    now = datetime.now(UTC)
    with acting_in(cast.city):
        Dataset.objects.filter(slug="late").update(
            late_at=now - timedelta(days=1), due_at=now - timedelta(days=2)
        )
        Source.objects.create(
            city=cast.city, dataset=made["Broken"], kind="url", place="https://x.example/a.csv", failures=3
        )
        Dataset.objects.filter(slug="bare").update(description={})
        Dataset.objects.update(published_at=now - timedelta(days=200))
        for name in names[:-1]:
            UsageDay.objects.create(
                city=cast.city,
                dataset=made[name],
                day=now.date(),
                gate="portal",
                kind="page",
                program=False,
                uses=1,
            )
    deliver(cast, made["Drifting"], TREES.replace(b"hoehe", b"umfang"))
    with acting_in(cast.city):
        Delivery.objects.filter(dataset=made["Drifting"]).update(state="held")
    return made["Good"]


def test_the_board_finds_every_trouble_and_no_other(cast: Cast, sign_in: SignIn) -> None:
    _trouble(cast)
    asked: dict[str, Any] = {"city": cast.city, "principal": cast.principal("cleo"), "now": datetime.now(UTC)}
    with acting_in(cast.city):
        counts = board.board_counts(**asked)
        found = {
            "late": [one.slug for one in board.late(**asked)],
            "broken": [one.slug for one in board.broken(**asked)],
            "drifting": [one.dataset.slug for one in board.drifting(**asked)],
            "undescribed": [one.slug for one in board.undescribed(**asked)],
            "unused": [one.slug for one in board.unused(**asked)],
        }
    assert found["late"] == ["late"]
    assert found["broken"] == ["broken"]
    assert found["drifting"] == ["drifting"]
    assert "bare" in found["undescribed"]
    assert found["unused"] == ["forgotten"]
    assert counts.published == 6
    assert {name: getattr(counts, name) for name in found} == {
        name: len(slugs) for name, slugs in found.items()
    }
    page = words(sign_in("cleo").get(f"{DESK}/board"))
    assert "3 failed looks in a row" in page
    with CaptureQueriesContext(connection) as captured:
        sign_in("cleo").get(f"{DESK}/board")
    about_datasets = [one for one in captured.captured_queries if "catalogue_dataset" in one["sql"]]
    assert len(about_datasets) <= 8, "six for the board, two for the desk's navigation"


def test_the_board_of_an_officer_is_that_of_the_own_department(cast: Cast, sign_in: SignIn) -> None:
    _trouble(cast)
    asked: dict[str, Any] = {"city": cast.city, "principal": cast.principal("ben"), "now": datetime.now(UTC)}
    with acting_in(cast.city):
        assert board.board_counts(**asked) == board.BoardCounts(0, 0, 0, 0, 0, 0)
    assert sign_in("ben").get(f"{DESK}/board").status_code == 200
    assert sign_in("dora").get(f"{DESK}/board").status_code == 302
    assert sign_in("egon").get(f"{DESK}/board").status_code == 403
