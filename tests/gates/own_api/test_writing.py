# SPDX-License-Identifier: EUPL-1.2
"""What programs write: only with a key of this city, and only what its role may."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.houses.catalogue.town import SLUG, trees

from stoa.commons.cities.acting import acting_in
from stoa.houses.catalogue.actions.delivering import read_delivery
from stoa.houses.catalogue.models import Dataset, Delivery

TREES = "/datasets/street-trees"
NEW = {"department": "parks", "title": {"en": "Benches"}}


def csv_file(content: bytes | None = None, name: str = "table.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, trees() if content is None else content, "text/csv")


def codes(answer: Any) -> list[str]:
    return [p["code"] for p in answer.json()["problems"]]


def attempts(api: Any, who: str) -> list[Any]:
    return [
        api.post("/datasets", who, NEW),
        api.patch(TREES, who, {"theme": "TRAN"}),
        api.send(f"{TREES}/files", who, csv_file()),
        api.post("/files/1/publish", who, {"note": ""}),
    ]


@pytest.mark.parametrize("who", ["outsider", "revoked", "stranger"])
def test_without_a_valid_key_of_this_city_nothing_is_written(api: Any, who: str) -> None:
    for answer in attempts(api, who):
        assert answer.status_code == 401
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_session_alone_writes_nothing(api: Any) -> None:
    """Another site could ride on the cookie."""
    client = api.town.client("owner")
    base = f"/c/{SLUG}/api/v1"
    assert client.get(f"{base}/datasets/draft-trees").status_code == 200
    assert client.post(f"{base}/datasets", NEW, content_type="application/json").status_code == 401
    assert (
        client.patch(f"{base}{TREES}", {"theme": "TRAN"}, content_type="application/json").status_code == 401
    )
    assert client.post(f"{base}{TREES}/files", {"file": csv_file()}).status_code == 401
    assert client.post(f"{base}/files/1/publish", {}, content_type="application/json").status_code == 401


def test_a_wrong_key_does_not_fall_back_to_the_session(api: Any) -> None:
    client = api.town.client("owner")
    answer = client.get(
        f"/c/{SLUG}/api/v1/datasets/draft-trees", headers={"authorization": "Bearer nonsense"}
    )
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_owner_makes_a_draft_and_describes_it(api: Any) -> None:
    made = api.post("/datasets", "owner", NEW | {"description": {"en": "Every bench."}})
    assert made.status_code == 201
    assert (made.json()["slug"], made.json()["state"]) == ("benches", "draft")
    said = api.patch("/datasets/benches", "owner", {"keywords": ["seats"], "theme": "ENVI"})
    assert (said.status_code, said.json()["keywords"], said.json()["theme"]) == (200, ["seats"], "ENVI")
    assert said.json()["description"] == {"en": "Every bench."}


def test_a_colleague_may_not_write_for_another_department(api: Any) -> None:
    refused = api.post("/datasets", "colleague", NEW)
    assert (refused.status_code, codes(refused)) == (403, ["catalogue.right_missing"])
    assert api.patch(TREES, "colleague", {"theme": "TRAN"}).status_code == 404
    assert api.send(f"{TREES}/files", "colleague", csv_file()).status_code == 404


def test_a_reader_may_not_write(api: Any) -> None:
    assert api.post("/datasets", "reader", NEW).status_code == 403
    assert api.patch(TREES, "reader", {"theme": "TRAN"}).status_code == 404


@pytest.mark.parametrize(
    "said", [{"theme": "NOPE"}, {"licence": "NOPE"}, {"frequency": "NOPE"}, {"access": "NOPE"}]
)
def test_a_word_outside_its_vocabulary_is_refused(api: Any, said: dict[str, str]) -> None:
    for answer in (api.patch(TREES, "owner", said), api.post("/datasets", "owner", NEW | said)):
        assert (answer.status_code, codes(answer)) == (422, ["catalogue.term_unknown"])
    with acting_in(api.town.city):
        assert Dataset.objects.get(slug="street-trees").theme == "ENVI"
        assert not Dataset.objects.filter(slug="benches").exists()


def test_a_published_dataset_keeps_what_publication_asked_for(api: Any) -> None:
    answer = api.patch(TREES, "owner", {"title": {"en": ""}})
    assert answer.status_code == 422


def test_a_file_is_taken_read_and_published(api: Any) -> None:
    sent = api.send(f"{TREES}/files", "owner", csv_file())
    assert (sent.status_code, sent.json()["state"]) == (202, "waiting")
    number = sent.json()["id"]
    for who, status in (("outsider", 404), ("colleague", 404), ("stranger", 401), ("revoked", 401)):
        assert api.get(f"/files/{number}", who).status_code == status
    early = api.post(f"/files/{number}/publish", "owner", {"note": ""})
    assert early.status_code == 422
    read_delivery(city_id=api.town.city.pk, delivery_id=number)
    assert api.get(f"/files/{number}", "owner").json()["rows"] == 60
    assert api.post(f"/files/{number}/publish", "colleague", {"note": ""}).status_code == 404
    made = api.post(f"/files/{number}/publish", "owner", {"note": "back to the first"})
    assert (made.status_code, made.json()["number"]) == (200, 3)
    again = api.post(f"/files/{number}/publish", "owner", {"note": ""})
    assert again.status_code == 422


def test_only_a_steward_publishes_for_the_first_time(api: Any) -> None:
    slug = api.post(
        "/datasets",
        "owner",
        NEW | {"description": {"en": "Every bench."}, "contact": "a@lake.example", "licence": "CC_BY_4_0"},
    ).json()["slug"]
    number = api.send(f"/datasets/{slug}/files", "owner", csv_file()).json()["id"]
    read_delivery(city_id=api.town.city.pk, delivery_id=number)
    refused = api.post(f"/files/{number}/publish", "owner", {"note": ""})
    assert (refused.status_code, codes(refused)) == (403, ["catalogue.right_missing"])
    assert api.get(f"/datasets/{slug}").status_code == 404
    assert api.post(f"/files/{number}/publish", "steward", {"note": ""}).status_code == 200
    assert api.get(f"/datasets/{slug}/rows").json()["total"] == 60


def test_the_same_content_again_makes_no_version(api: Any) -> None:
    number = api.send(f"{TREES}/files", "owner", csv_file(trees(later=True))).json()["id"]
    read_delivery(city_id=api.town.city.pk, delivery_id=number)
    answer = api.post(f"/files/{number}/publish", "owner", {"note": ""})
    assert (answer.status_code, answer.content) == (204, b"")
    assert len(api.get(f"{TREES}/versions").json()) == 2


@pytest.mark.parametrize("name", ["../../../etc/cron.d/x", "a\r\nX-Evil: 1.csv", "x" * 400 + ".csv"])
def test_a_hostile_file_name_stays_a_name(api: Any, name: str) -> None:
    sent = api.send(f"{TREES}/files", "owner", csv_file(name=name))
    assert sent.status_code in {202, 422}
    if sent.status_code == 202:
        assert not set("/\\\r\n") & set(sent.json()["name"])
        with acting_in(api.town.city):
            stored = Delivery.objects.get(pk=sent.json()["id"]).file.path
        assert "cron.d" not in str(stored)


def test_a_writer_is_not_served_by_a_plain_browser_form(api: Any) -> None:
    answer = Client(enforce_csrf_checks=True).post(f"/c/{SLUG}/api/v1/datasets", NEW)
    assert answer.status_code in {400, 401}


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "x" * 30_000])
@pytest.mark.parametrize("name", ["title", "description", "keywords", "contact", "theme", "spatial"])
def test_a_text_that_cannot_be_kept_is_refused(api: Any, name: str, text: str) -> None:
    value: Any = {"en": text} if name in {"title", "description"} else text
    value = [text] if name == "keywords" else value
    answer = api.patch(TREES, "owner", {name: value})
    assert (answer.status_code, codes(answer)[0]) in {
        (422, "api.value_wrong"),
        (422, "catalogue.term_unknown"),
    }


def test_numbers_beyond_everything_are_not_there(api: Any) -> None:
    for number in (0, 2**31, 2**63, 10**30):
        assert api.get(f"/files/{number}", "owner").status_code == 404
        assert api.post(f"/files/{number}/publish", "owner", {"note": ""}).status_code == 404


@pytest.mark.parametrize("state", ["published", "retired"])
def test_only_a_steward_opens_what_was_closed(api: Any, state: str) -> None:
    with acting_in(api.town.city):
        Dataset.objects.filter(slug="internal-trees").update(state=state)
    refused = api.patch("/datasets/internal-trees", "owner", {"access": "open"})
    assert (refused.status_code, codes(refused)) == (403, ["catalogue.right_missing"])
    assert api.get("/datasets/internal-trees/rows").status_code == 404
    assert api.patch("/datasets/internal-trees", "steward", {"access": "open"}).status_code == 200
    assert api.get("/datasets/internal-trees/rows").status_code == 200
    assert api.patch("/datasets/internal-trees", "owner", {"access": "internal"}).status_code == 200


@pytest.mark.parametrize("contact", ["a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example", "nobody"])
def test_a_contact_is_one_address(api: Any, contact: str) -> None:
    for answer in (
        api.patch(TREES, "owner", {"contact": contact}),
        api.post("/datasets", "owner", NEW | {"contact": contact}),
    ):
        assert (answer.status_code, codes(answer)) == (422, ["api.value_wrong"])
