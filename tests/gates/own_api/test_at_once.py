# SPDX-License-Identifier: EUPL-1.2
"""Two programs publish one dataset at the same moment, over two connections of a real database."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from tests.gates.own_api.test_writing import TREES, codes, csv_file
from tests.houses.catalogue.town import trees

from stoa.commons.cities.acting import acting_in
from stoa.houses.catalogue.actions import publishing
from stoa.houses.catalogue.actions.delivering import read_delivery
from stoa.houses.catalogue.models import Dataset, Delivery, Version


@pytest.fixture
def committed(standing: Any, django_db_blocker: Any) -> Iterator[Any]:
    """No transaction around the test: what one thread commits, the other sees. The town is taken down after it."""
    with django_db_blocker.unblock():
        yield standing


def _delivered(api: Any, content: bytes) -> int:
    number: int = api.send(f"{TREES}/files", "owner", csv_file(content)).json()["id"]
    read_delivery(city_id=api.town.city.pk, delivery_id=number)
    return number


def test_of_two_publications_at_once_one_is_done_and_the_other_is_told_to_wait(
    committed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = committed
    first, second = (
        _delivered(api, trees()),
        _delivered(api, trees() + b"T-099;Oak;01.02.2026;2,50;7,7;51,9\n"),
    )
    writing, may_go_on = threading.Event(), threading.Event()
    write_files = publishing.write_files

    def slowly(*args: Any) -> Any:
        writing.set()
        assert may_go_on.wait(60)
        return write_files(*args)

    monkeypatch.setattr(publishing, "write_files", slowly)
    answers: list[Any] = []

    def publish() -> None:
        try:
            answers.append(api.post(f"/files/{first}/publish", "owner", {"note": "one"}))
        finally:
            connection.close()

    one = threading.Thread(target=publish)
    one.start()
    assert writing.wait(60)
    refused = api.post(f"/files/{second}/publish", "owner", {"note": "two"})
    may_go_on.set()
    one.join(60)
    assert (refused.status_code, codes(refused)) == (409, ["catalogue.dataset_busy"])
    assert (answers[0].status_code, answers[0].json()["number"]) == (200, 3)
    with acting_in(api.town.city):
        dataset = Dataset.objects.get(slug="street-trees")
        assert list(
            Version.objects.filter(dataset=dataset).order_by("number").values_list("number", flat=True)
        ) == [1, 2, 3]
        assert dataset.current is not None
        assert dataset.current.number == 3
        assert Delivery.objects.get(pk=second).state in {"ready", "held"}
    assert api.get(f"{TREES}/rows").json()["total"] == 60
    again = api.post(f"/files/{second}/publish", "owner", {"note": "two"})
    assert (again.status_code, again.json()["number"]) == (200, 4)
