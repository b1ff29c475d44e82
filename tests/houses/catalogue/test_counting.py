# SPDX-License-Identifier: EUPL-1.2
"""Uses are counted by the day and never by the person."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from tests.houses.catalogue.cast import Cast, draft, published

from stoa.commons.cities.acting import acting_in
from stoa.houses.catalogue.actions import counting
from stoa.houses.catalogue.door import usage
from stoa.houses.catalogue.models import Dataset, UsageDay
from stoa.houses.catalogue.rules.counting import asks_as_program

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
HTML = "text/html,application/xhtml+xml,*/*;q=0.8"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_waits() -> Iterator[None]:
    """What other tests counted is not this test's business."""
    counting._waiting.take()
    yield
    counting._waiting.take()


def _lines(cast: Cast) -> list[tuple[str, str, bool, int, int]]:
    counting.flush()
    with acting_in(cast.city):
        return sorted(UsageDay.objects.values_list("gate", "kind", "program", "uses", "rows"))


def test_uses_of_a_day_add_up_in_one_line_over_many_writings(cast: Cast) -> None:
    trees = draft(cast)
    for _ in range(3):
        usage.note(city=cast.city, uid=trees.uid, gate="sta", rows=7)
        assert counting.flush() == 1
    usage.note(city=cast.city, uid=trees.slug, gate="sta", rows=1)
    usage.note(city=cast.city, uid=trees.uid, gate="sta", rows=1)
    assert _lines(cast) == [("sta", "api", True, 5, 23)]


def test_the_day_is_the_city_s_own(cast: Cast) -> None:
    trees = draft(cast)
    with time_machine.travel("2026-03-01T23:30:00+00:00", tick=False):
        usage.note(city=cast.city, uid=trees.uid, gate="sta")
        usage.note(city=cast.other_city, uid=None, gate="sta")
    counting.flush()
    with acting_in(cast.city):
        assert UsageDay.objects.get().day == date(2026, 3, 2)
    with acting_in(cast.other_city):
        assert UsageDay.objects.get().day == date(2026, 3, 1)


def test_what_is_not_there_or_belongs_to_another_city_is_not_counted(cast: Cast) -> None:
    trees = draft(cast)
    usage.note(city=cast.other_city, uid=trees.uid, gate="sta")
    usage.note(city=cast.other_city, uid=trees.slug, gate="sta")
    usage.note(city=cast.city, uid=uuid4(), gate="sta")
    usage.note(city=cast.city, uid="no-such-thing", gate="sta")
    assert _lines(cast) == []
    with acting_in(cast.other_city):
        assert not UsageDay.objects.exists()


def test_counting_never_raises_and_its_memory_has_an_end(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    usage.note(city=None, uid=object(), gate=7, kind=None)  # type: ignore[arg-type]
    monkeypatch.setattr(counting, "MOST_COUNTERS", 50)
    for _ in range(200):
        usage.note(city=cast.city, uid=uuid4(), gate="sta")
    assert len(counting._waiting.counts) == 50


def test_what_could_not_be_written_is_written_the_next_time(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    trees = draft(cast)
    usage.note(city=cast.city, uid=trees.uid, gate="sta")
    with monkeypatch.context() as broken:
        broken.setattr(counting, "_add", lambda *_: 1 / 0)
        assert counting.flush() == 0
    assert _lines(cast) == [("sta", "api", True, 1, 0)]


def test_many_threads_lose_no_count(cast: Cast) -> None:
    def many() -> None:
        for _ in range(500):
            usage.note(city=cast.city, uid="trees", gate="sta", rows=2)

    threads = [threading.Thread(target=many) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(counting._waiting.counts.values()) == [(3000, 6000)]


@pytest.mark.parametrize(
    ("agent", "accept", "has_key", "is_program"),
    [
        (FIREFOX, HTML, False, False),
        (FIREFOX, "*/*", False, False),
        (FIREFOX, HTML, True, True),
        ("", "", False, True),
        ("curl/8.5.0", "*/*", False, True),
        ("Mozilla/5.0 (compatible; Googlebot/2.1)", HTML, False, True),
        ("python-requests/2.32", "*/*", False, True),
    ],
)
def test_a_program_is_known_by_its_class_only(
    agent: str, accept: str, *, has_key: bool, is_program: bool
) -> None:
    assert asks_as_program(user_agent=agent, accept=accept, has_key=has_key) is is_program


def test_pages_files_and_the_api_count_their_uses(cast: Cast) -> None:
    slug = published(cast).slug
    person = Client(headers={"user-agent": FIREFOX, "accept": HTML})
    program = Client(headers={"user-agent": "curl/8.5", "accept": "*/*"})
    assert person.get(f"/c/here/datasets/{slug}").status_code == 200
    assert person.get(f"/c/here/datasets/{slug}/table").status_code == 200
    assert person.head(f"/c/here/datasets/{slug}/table").status_code == 200
    assert program.get(f"/c/here/datasets/{slug}/download/csv").status_code == 200
    assert program.get(f"/c/here/datasets/{slug}/download/csv", headers={"range": "bytes=5-"}).status_code
    assert program.get(f"/c/here/api/v1/datasets/{slug}/rows?limit=10").status_code == 200
    assert program.get("/c/here/api/v1/datasets/nothing/rows").status_code == 404
    assert _lines(cast) == [
        ("own_api", "api", True, 1, 10),
        ("portal", "download", True, 1, 60),
        ("portal", "page", False, 2, 0),
    ]


def test_looks_at_a_draft_are_no_uses(cast: Cast) -> None:
    slug = draft(cast).slug
    client = Client(headers={"user-agent": FIREFOX, "accept": HTML})
    client.force_login(cast.ada, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/c/here/datasets/{slug}").status_code == 200
    assert _lines(cast) == []


def test_a_dataset_takes_its_counts_with_it(cast: Cast) -> None:
    trees = draft(cast)
    usage.note(city=cast.city, uid=trees.uid, gate="sta")
    counting.flush()
    with acting_in(cast.city):
        Dataset.objects.get(pk=trees.pk).delete()
        assert not UsageDay.objects.exists()
