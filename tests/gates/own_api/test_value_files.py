# SPDX-License-Identifier: EUPL-1.2
"""Programs hand in files of values by a recipe, and read what became of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.houses.catalogue.cast import OPERATOR
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.commons.people.actions import make_token
from stoa.houses.observations import jobs
from stoa.houses.observations.door import files
from stoa.houses.observations.models import Observation

pytestmark = pytest.mark.django_db
FILES = "/c/here/api/v1/observations/files"
START = datetime(2026, 5, 1, tzinfo=UTC)
DROPS = ("read_drop", "check_drop", "write_drop")


@pytest.fixture(autouse=True)
def own_places(settings: LazySettings, tmp_path: Path) -> None:
    for name in ("LAKE", "CACHE", "WORK", "FILES"):
        setattr(settings, f"STOA_{name}", tmp_path / name.lower())


def day(number: int, name: str = "Air temperature") -> bytes:
    first = START + timedelta(days=number)
    return json.dumps(
        [{"time": (first + timedelta(hours=n)).isoformat(), name: n / 2} for n in range(24)]
    ).encode()


@pytest.fixture
def town(db: None, tmp_path: Path) -> Town:
    made = make_town()
    city, ada = made.cast.city, made.cast.principal("ada")
    path = tmp_path / "first.json"
    path.write_bytes(day(0))
    looked = files.take(city=city, by=ada, path=path, department="parks")
    files.settle(city=city, by=ada, number=looked.number, plan=looked.plan, keep_as="Weather")
    files.write(city=city, by=ada, number=looked.number)
    return made


def caller(town: Town, department: Any) -> Client:
    with acting_in(town.cast.city):
        key = make_token(city=town.cast.city, role="officer", note="x", by=OPERATOR, department=department)
    return Client(headers={"accept-language": "en", "authorization": f"Bearer {key}"})


def work() -> None:
    """The jobs do what was asked for, one step after the other."""
    for name in DROPS:
        asked = ProcrastinateJob.objects.filter(task_name=f"observations.{name}", status="todo")
        for job in list(asked):
            getattr(jobs, name)(**job.args)
        asked.update(status="succeeded")


def test_a_program_puts_a_file_and_reads_its_report(town: Town) -> None:
    program = caller(town, town.cast.parks)
    answer = program.put(
        f"{FILES}/may-2.json?recipe=Weather", day(1), content_type="application/octet-stream"
    )
    assert answer.status_code == 202, answer.content
    address = answer.headers["Location"]
    assert address == answer.json()["report"]
    assert (answer.json()["state"], answer.json()["is_done"]) == ("reading", False)
    work()
    told = program.get(address).json()
    assert (told["state"], told["is_done"], told["rows"], told["counts"]["written"]) == (
        "written",
        True,
        24,
        24,
    )
    sent = SimpleUploadedFile("may-2.json", day(1))
    again = program.post(f"{FILES}?recipe=Weather", {"file": sent})
    work()
    assert program.get(again.headers["Location"]).json()["counts"]["unchanged"] == 24
    with acting_in(town.cast.city):
        assert Observation.objects.count() == 48


def test_a_file_that_does_not_fit_its_recipe_waits_at_the_desk(town: Town) -> None:
    program = caller(town, town.cast.parks)
    answer = program.put(
        f"{FILES}/other.json?recipe=Weather", day(1, "Noise"), content_type="application/json"
    )
    work()
    told = program.get(answer.headers["Location"]).json()
    assert (told["state"], told["is_done"], told["counts"]) == ("read", True, {})
    assert told["problem"]["what"]
    with acting_in(town.cast.city):
        assert Observation.objects.count() == 24


def test_only_keys_of_the_department_hand_in_and_read_reports(town: Town) -> None:
    program, other, anybody = caller(town, town.cast.parks), caller(town, town.cast.roads), Client()
    body = {"data": day(1), "content_type": "application/json"}
    ada = Client()
    ada.force_login(town.cast.ada)
    assert anybody.put(f"{FILES}/x.json?recipe=Weather", **body).status_code == 401
    assert ada.put(f"{FILES}/x.json?recipe=Weather", **body).status_code == 401, "a cookie is no key"
    assert other.put(f"{FILES}/x.json?recipe=Weather", **body).status_code == 404
    assert program.put(f"{FILES}/x.json?recipe=Unknown", **body).status_code == 404
    assert program.put(f"{FILES}/x.json", **body).status_code == 422
    assert (
        program.put(f"{FILES}/x.json?recipe=Weather", b"", content_type="application/json").status_code == 422
    )
    address = program.put(f"{FILES}/x.json?recipe=Weather", **body).headers["Location"]
    assert [who.get(address).status_code for who in (program, other, anybody)] == [200, 404, 404]
