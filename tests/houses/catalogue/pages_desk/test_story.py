# SPDX-License-Identifier: EUPL-1.2
"""The main story at the desk, through the browser's door: a messy file is sent, looked at, changed, published."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.test import Client
from tests.houses.catalogue.cast import TREES, Cast, deliver, draft, published
from tests.houses.catalogue.pages_desk.conftest import SignIn, filled, words

from stoa.commons.audit.queries import history_of
from stoa.commons.cities.acting import acting_in
from stoa.houses.catalogue import jobs
from stoa.houses.catalogue.models import Dataset, Delivery, PersonalRelease, RowReport, Version
from stoa.houses.catalogue.terms import DeliveryState, ReportState, State

pytestmark = pytest.mark.django_db
HERE = "/c/here/desk"
MESSY = (
    "Grünflächenamt: Bänke in den Parks\n\nNr;Standort;Länge [m];Aufgestellt;PLZ\n"
    + "".join(f"{n};Weg {n % 7};{n % 4},5;{n % 28 + 1:02d}.03.2021;0{4100 + n}\n" for n in range(1, 41))
    + "Summe;;60;;\n"
).encode("cp1252")
PEOPLE = b"id;name;mail\n1;Anna Alt;anna.alt@post.example.org\n"
PEOPLE += b"2;Bert Bau;bert.bau@post.example.org\n3;Cem Can;cem.can@post.example.org\n"


def _send(client: Client, content: bytes, name: str = "Baenke_im-Park.csv", **more: str) -> int:
    """Send a file on the page for new data; the number of the delivery."""
    file = BytesIO(content)
    file.name = name
    answer = client.post(f"{HERE}/new", {"file": file, **more})
    assert answer.status_code == 302, words(answer)
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def _read(cast: Cast, pk: int) -> Delivery:
    jobs.read_delivery(city_id=cast.city.pk, delivery_id=pk)
    with acting_in(cast.city):
        return Delivery.objects.select_related("dataset").get(pk=pk)


def test_a_messy_file_is_sent_read_changed_reviewed_and_published(cast: Cast, sign_in: SignIn) -> None:
    ada, cleo = sign_in("ada"), sign_in("cleo")
    pk = _send(ada, MESSY, department=str(cast.parks.pk))
    waiting = ada.get(f"{HERE}/deliveries/{pk}")
    assert "The file is being read" in words(waiting)
    assert b'http-equiv="refresh"' in waiting.content
    assert ada.get(f"{HERE}/deliveries/{pk}/state").json()["is_done"] is False

    delivery = _read(cast, pk)
    assert (delivery.state, delivery.dataset.title) == (DeliveryState.READY, {"en": "Baenke im Park"})
    page = ada.get(f"{HERE}/deliveries/{pk}")
    assert delivery.inspection.rows == 40
    assert "rows and columns 40 × 5" in words(page)
    assert "Länge" in words(page)
    assert "There is no description." in words(page)

    form = filled(page, "reading")
    assert form["header_rows"] == "3"
    number = next(
        name for name, value in form.items() if name.endswith("-source") and value.startswith("Länge")
    ).split("-")[0]
    changed = form | {f"{number}-unit": "cm", f"{number}-description": "Length of the seat"}
    assert ada.post(f"{HERE}/deliveries/{pk}/read", changed).status_code == 302
    delivery = _read(cast, pk)
    column = next(one for one in delivery.inspection.recipe.columns if one.source.startswith("Länge"))
    assert (column.unit, column.description, str(column.kind)) == ("cm", "Length of the seat", "number")

    slug = delivery.dataset.slug
    said = filled(ada.get(f"{HERE}/datasets/{slug}/describe"), "describe")
    said |= {
        "title_de": "Bänke",
        "description_en": "All benches.",
        "licence": "CC_BY_4_0",
        "keywords": "bench, park",
    }
    assert ada.post(f"{HERE}/datasets/{slug}/describe", said).status_code == 302
    assert ada.post(f"{HERE}/deliveries/{pk}/review").status_code == 302
    assert "Baenke im Park" in words(cleo.get(f"{HERE}/review"))
    assert cleo.post(f"{HERE}/deliveries/{pk}/publish", {"note": "First"}).status_code == 302
    jobs.publish_delivery(city_id=cast.city.pk, delivery_id=pk)

    assert "This file is published" in words(ada.get(f"{HERE}/deliveries/{pk}"))
    with acting_in(cast.city):
        found = Dataset.objects.get(slug=slug)
        assert (found.state, found.rows, found.title["de"], found.keywords) == (
            State.PUBLISHED,
            40,
            "Bänke",
            ["bench", "park"],
        )
    assert "Baenke im Park" in words(sign_in("dora").get(f"/c/here/datasets/{slug}"))
    assert "Length of the seat" in words(sign_in("dora").get(f"/c/here/datasets/{slug}"))


def test_a_file_that_is_no_table_says_why_and_what_can_be_tried(cast: Cast, sign_in: SignIn) -> None:
    ada = sign_in("ada")
    pk = _send(ada, b"\x89PNG\r\n\x1a\n" + bytes(200), name="scan.csv", department=str(cast.parks.pk))
    assert _read(cast, pk).state == DeliveryState.REFUSED
    page = words(ada.get(f"{HERE}/deliveries/{pk}"))
    assert "What to do:" in page
    assert "Read this file in another way" in page
    assert (
        ada.post(f"{HERE}/deliveries/{pk}/read", {"format": "csv", "header_rows": "one"}).status_code == 422
    )
    assert ada.post(f"{HERE}/deliveries/{pk}/read", {"format": "csv"}).status_code == 302
    with acting_in(cast.city):
        assert Delivery.objects.get(pk=pk).choices == {"format": "csv"}
    assert ada.post(f"{HERE}/deliveries/{pk}/discard").status_code == 302


def test_what_was_typed_wrong_comes_back_with_what_to_do(cast: Cast, sign_in: SignIn) -> None:
    ada, dataset = sign_in("ada"), draft(cast)
    delivery = deliver(cast, dataset)
    form = filled(ada.get(f"{HERE}/deliveries/{delivery.pk}"), "reading")
    wrong = form | {
        "zone": "Mars/North",
        "c1-name": "Ähm!",
        "c1-label": "Kept as typed",
        "header_rows": "first",
    }
    answer = ada.post(f"{HERE}/deliveries/{delivery.pk}/read", wrong)
    assert answer.status_code == 422
    assert b"Kept as typed" in answer.content
    assert "Write row numbers like" in words(answer)
    assert "Use small letters" in words(answer)
    again = ada.post(f"{HERE}/deliveries/{delivery.pk}/read", form | {"zone": "Mars/North"})
    assert "time zone by its name" in words(again)
    with acting_in(cast.city):
        assert Delivery.objects.get(pk=delivery.pk).choices == {}


def test_personal_data_is_dropped_with_one_press_or_released_by_a_steward(
    cast: Cast, sign_in: SignIn
) -> None:
    ada, cleo, dataset = sign_in("ada"), sign_in("cleo"), draft(cast, title="People")
    delivery = deliver(cast, dataset, PEOPLE)
    url = f"{HERE}/deliveries/{delivery.pk}"
    page = words(ada.get(url))
    assert "Leave this column out" in page
    assert "ask a data steward" in page
    assert ada.post(f"{url}/release", {"column": "mail", "reason": "They agreed"}).status_code == 422
    assert cleo.post(f"{url}/release", {"column": "mail", "reason": " "}).status_code == 422
    assert (
        cleo.post(f"{url}/release", {"column": "mail", "reason": "They agreed in writing"}).status_code == 302
    )
    with acting_in(cast.city):
        assert PersonalRelease.objects.get(column="mail").by_name == "Cleo"
    assert ada.post(f"{url}/read", {"heading": "name", "treatment": "drop"}).status_code == 302
    _read(cast, delivery.pk)
    assert "Left out" in words(ada.get(url))
    assert cleo.post(f"{url}/publish", {"note": ""}).status_code == 302
    jobs.publish_delivery(city_id=cast.city.pk, delivery_id=delivery.pk)
    with acting_in(cast.city):
        assert [column.name for column in Version.objects.get().specs] == ["id", "mail"]


def test_a_file_that_departs_from_the_agreed_form_is_held_and_can_be_published_anyway(
    cast: Cast, sign_in: SignIn
) -> None:
    ada, dataset = sign_in("ada"), published(cast)
    delivery = deliver(cast, dataset, TREES.replace(b"id;art;hoehe", b"id;art;umfang"))
    page = words(ada.get(f"{HERE}/deliveries/{delivery.pk}"))
    assert "What differs from what was agreed" in page
    assert "Publish anyway, and agree on the new form" in page
    assert "differs from what was agreed" in words(ada.get(f"{HERE}/"))
    assert (
        ada.post(f"{HERE}/deliveries/{delivery.pk}/publish", {"note": "Girth instead of height"}).status_code
        == 302
    )
    jobs.publish_delivery(city_id=cast.city.pk, delivery_id=delivery.pk)
    with acting_in(cast.city):
        assert "umfang" in [column.name for column in Version.objects.get(number=2).specs]


def test_a_steward_sends_back_with_a_reason_and_only_with_one(cast: Cast, sign_in: SignIn) -> None:
    ada, cleo, dataset = sign_in("ada"), sign_in("cleo"), draft(cast)
    deliver(cast, dataset)
    assert ada.post(f"{HERE}/datasets/trees/deed/review").status_code == 302
    assert cleo.post(f"{HERE}/datasets/trees/deed/back", {"reason": ""}).status_code == 422
    assert ada.post(f"{HERE}/datasets/trees/deed/back", {"reason": "No"}).status_code == 422
    assert cleo.post(f"{HERE}/datasets/trees/deed/back", {"reason": "Say who counted"}).status_code == 302
    assert "Say who counted" in words(ada.get(f"{HERE}/datasets/trees/history"))


def test_a_dataset_is_rolled_back_retired_and_offered_again(cast: Cast, sign_in: SignIn) -> None:
    dataset, cleo = published(cast), sign_in("cleo")
    second = deliver(cast, dataset, TREES.replace(b"\n2;Linde", b"\n2;Ahorn"))
    cleo.post(f"{HERE}/deliveries/{second.pk}/publish", {"note": ""})
    jobs.publish_delivery(city_id=cast.city.pk, delivery_id=second.pk)
    deeds = f"{HERE}/datasets/trees/deed"
    assert cleo.post(f"{deeds}/roll-back", {"number": "1", "reason": ""}).status_code == 422
    assert cleo.post(f"{deeds}/roll-back", {"number": "7", "reason": "None such"}).status_code == 422
    assert cleo.post(f"{deeds}/roll-back", {"number": "1", "reason": "A test file"}).status_code == 302
    assert sign_in("ada").post(f"{deeds}/retire", {"reason": "Replaced"}).status_code == 422
    assert cleo.post(f"{deeds}/retire", {"reason": "Replaced"}).status_code == 302
    assert "Offer it again" in words(cleo.get(f"{HERE}/datasets/trees"))
    assert cleo.post(f"{deeds}/restore").status_code == 302
    with acting_in(cast.city):
        assert Dataset.objects.get().state == State.PUBLISHED
        verbs = [line.verb for line in history_of(city_id=cast.city.pk, thing="dataset", thing_id="trees")]
    assert verbs[:2] == ["dataset.restored", "dataset.retired"]
    assert "dataset.rolled_back" in verbs


def test_a_reported_row_is_answered_once(cast: Cast, sign_in: SignIn) -> None:
    dataset, ada = published(cast), sign_in("ada")
    with acting_in(cast.city):
        report = RowReport.objects.create(
            city=cast.city,
            dataset=dataset,
            version_number=1,
            row=3,
            values={"id": "3", "art": "Eiche"},
            column="art",
            message="It is a lime",
        )
    assert "It is a lime" in words(ada.get(f"{HERE}/reports"))
    page = words(ada.get(f"{HERE}/reports/{report.pk}"))
    assert "art (said to be wrong)" in page
    assert ada.post(f"{HERE}/reports/{report.pk}", {"state": "mended", "answer": ""}).status_code == 422
    assert (
        ada.post(f"{HERE}/reports/{report.pk}", {"state": "mended", "answer": "Thank you"}).status_code == 302
    )
    assert ada.post(f"{HERE}/reports/{report.pk}", {"state": "mended", "answer": "Again"}).status_code == 422
    with acting_in(cast.city):
        found = RowReport.objects.get()
    assert (found.state, found.answer) == (ReportState.MENDED, "Thank you")


def test_an_address_becomes_a_source_that_is_looked_at(cast: Cast, sign_in: SignIn) -> None:
    ada = sign_in("ada")
    answer = ada.post(
        f"{HERE}/new",
        {"url": "https://files.example.org/open/parkbaenke.csv", "department": str(cast.parks.pk)},
    )
    assert answer.status_code == 302
    page = ada.get(answer.headers["Location"])
    assert "New files come by themselves from https://files.example.org/open/parkbaenke.csv" in words(page)
    folder = {"kind": "folder", "place": "/etc", "every_minutes": "60"}
    refused = ada.post(f"{HERE}/datasets/parkbaenke/source", folder)
    assert refused.status_code == 422
    assert "This folder may not be read." in words(refused)
    web = {"kind": "url", "place": "https://files.example.org/new.csv", "every_minutes": "60"}
    assert ada.post(f"{HERE}/datasets/parkbaenke/source", web).status_code == 302


def test_an_empty_file_or_none_at_all_comes_back_with_words_and_leaves_no_draft(
    cast: Cast, sign_in: SignIn
) -> None:
    ada = sign_in("ada")
    nothing = ada.post(f"{HERE}/new", {"department": str(cast.parks.pk), "title_en": "Kept as typed"})
    assert nothing.status_code == 422
    assert b"Kept as typed" in nothing.content
    empty = BytesIO(b"")
    empty.name = "empty.csv"
    answer = ada.post(f"{HERE}/new", {"file": empty, "department": str(cast.parks.pk)})
    assert "The file is empty." in words(answer)
    with acting_in(cast.city):
        assert not Dataset.objects.exists()
