# SPDX-License-Identifier: EUPL-1.2
"""What registrars, reviewers and everybody else get at the registers' desk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.houses.registers.town import OPERATOR, SLUG, Town

from stoa.commons.files.models import StoredFile
from stoa.commons.notices.models import Notice
from stoa.ground.problems import NotFound
from stoa.houses.registers import door
from stoa.houses.registers.actions.importing import read_import, take_sheet
from stoa.houses.registers.actions.publishing import retire_entry, submit_entry
from stoa.houses.registers.actions.watching import KEEP_IMPORTS, watch_entries
from stoa.houses.registers.kinds.sensors import SENSORS
from stoa.houses.registers.models import Entry, EntryImport, EntryVersion

pytestmark = pytest.mark.django_db
DESK = "/desk/registers/sensors"
FILLED = {
    "title": "Counter", "reference": "F-1", "type": "density", "measures": "Bicycles", "themes": ["mobility"],
    "mobile": "no", "place.lon": "7,62", "place.lat": "51,96", "exemption": "none", "owner_kind": "city",
    "organisation": "Town", "personal_data": "no", "goals.0.goal": "Plan", "ends_on": "2099-01-31",
}  # fmt: skip


def _post(town: Town, path: str, who: str, **said: Any) -> Any:
    return town.client(who).post(f"/c/{SLUG}{path}", said)


@pytest.mark.parametrize(
    "path", ["/desk/registers/", f"{DESK}/", f"{DESK}/new", f"{DESK}/sheets", f"{DESK}/settings"]
)
def test_the_desk_is_closed_to_everybody_else(town: Town, path: str) -> None:
    assert town.get(path).status_code == 302
    assert town.get(path, "stranger").status_code == 403
    assert town.get(path, "reader").status_code == 403


def test_a_registrar_writes_an_entry_with_the_form_and_a_reviewer_publishes_it(town: Town) -> None:
    made = _post(town, f"{DESK}/new", "registrar", **FILLED, department=str(town.parks.pk))
    assert made.status_code == 302
    entry = Entry.objects.get(reference="F-1")
    assert (entry.values["place"], entry.values["goals"]) == ([7.62, 51.96], [{"goal": "Plan"}])
    page = f"{DESK}/{entry.code}"
    assert _post(town, f"{page}/deed/publish", "registrar").status_code == 422
    assert _post(town, f"{page}/deed/submit", "registrar").status_code == 302
    assert "Counter" in town.get("/desk/registers/", "reviewer").content.decode()
    assert _post(town, f"{page}/deed/publish", "reviewer", text="New").status_code == 302
    changed = _post(town, page, "registrar", **{**FILLED, "measures": "People", "goals.1.goal": "Count"})
    assert changed.status_code == 302
    entry.refresh_from_db()
    assert (entry.state, entry.values["goals"]) == ("draft", [{"goal": "Plan"}, {"goal": "Count"}])
    assert "Published, with a change in draft" in town.get(page, "registrar").content.decode()


def test_a_form_that_cannot_be_read_keeps_what_was_typed_and_says_where(town: Town) -> None:
    answer = _post(
        town, f"{DESK}/new", "registrar", **{**FILLED, "ends_on": "some day", "title": "Kept as typed"}
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Kept as typed" in text
    assert 'href="#id_ends_on"' in text
    assert not Entry.objects.exists()


def test_nobody_opens_the_working_copy_of_another_department(town: Town) -> None:
    entry = town.published(remark="Secret remark")
    for who in ("colleague", "reader", "stranger"):
        assert town.get(f"{DESK}/{entry.code}", who).status_code in {403, 404}
        for deed in ("publish", "retire", "comment", "submit"):
            assert _post(town, f"{DESK}/{entry.code}/deed/{deed}", who, text="x").status_code in {403, 404}
        assert "Secret remark" not in town.get(f"/registers/sensors/{entry.code}", who).content.decode()
    assert "Secret remark" in town.get(f"{DESK}/{entry.code}", "registrar").content.decode()


def test_an_entry_cannot_be_written_for_a_department_that_is_not_ones_own(town: Town) -> None:
    _post(town, f"{DESK}/new", "registrar", **FILLED, department=str(town.traffic.pk))
    assert [entry.department_id for entry in Entry.objects.all()] == [town.parks.pk]


def test_a_sheet_is_sent_looked_at_and_taken_over(town: Town) -> None:
    content = b"reference;title;type\nR-1;One;density\nR-2;Two;zeppelin\n"
    file = SimpleUploadedFile("list.csv", content)
    sent = _post(town, f"{DESK}/sheets", "registrar", file=file, department=str(town.parks.pk))
    sheet = EntryImport.objects.get()
    page = f"{DESK}/sheets/{sheet.pk}"
    assert sent["Location"].endswith(page)
    assert town.get(f"{page}/state", "registrar").json()["is_done"] is False
    read_import(city_id=town.city.pk, import_id=sheet.pk)
    text = town.get(page, "registrar").content.decode()
    assert "zeppelin" in text
    assert not Entry.objects.exists()
    assert town.get(page, "colleague").status_code == 404
    assert _post(town, page, "registrar", submit="1").status_code == 302
    assert [entry.title for entry in Entry.objects.all()] == ["One"]
    assert town.get(f"{DESK}/sheets/template.csv", "registrar").content.decode().count(",") > 20


def test_the_city_decides_what_happens_to_things_without_an_entry(town: Town) -> None:
    assert door.demand_for_things(city=town.city) is door.Demand.FLAG
    assert door.objection(city=town.city, things=["counter-1"]) is None
    said = {"demand": "refuse", "remind_days": "10", "department": str(town.parks.pk)}
    assert _post(town, f"{DESK}/settings", "registrar", **said).status_code == 403
    assert _post(town, f"{DESK}/settings", "steward", **said).status_code == 302
    problem = door.objection(city=town.city, things=["counter-1"])
    assert problem is not None
    assert problem.code == "registers.thing_unregistered"
    entry = town.published(things=["counter-1", "counter-2"])
    assert door.objection(city=town.city, things=["counter-1"]) is None
    found = door.entries_for(city=town.city, things=["counter-2", "counter-3"])
    assert {thing: [one.path for one in ties] for thing, ties in found.items()} == {
        "counter-2": [f"/registers/sensors/{entry.code}"]
    }
    retire_entry(entry=entry, kind=SENSORS, by=OPERATOR, reason="Gone")
    assert door.objection(city=town.city, things=["counter-1"]) is not None
    assert not door.entries_for(city=town.city, things=[])


def test_a_draft_ties_nothing(town: Town) -> None:
    town.draft(things=["counter-1"])
    assert not door.entries_for(city=town.city, things=["counter-1"])


def test_every_night_entries_end_are_reminded_of_and_lose_what_is_personal(town: Town) -> None:
    contact = {
        "contact_name": "Ida Keller",
        "contact_email": "ida@home.example",
        "contact_phone": "0251 12345",
    }
    over = town.published(reference="1", ends_on="2030-05-31", **contact)
    town.published(reference="2", ends_on="2030-06-20", title="Near")
    town.published(reference="3", ends_on="2031-01-01")
    # Half past ten in the evening of 31 May UTC is the first of June in the city.
    now = datetime(2030, 5, 31, 22, 30, tzinfo=UTC)
    with time_machine.travel(now, tick=False):
        for _twice in range(2):
            watch_entries(city=town.city, now=now)
    states = dict(Entry.objects.values_list("reference", "state"))
    assert states == {"1": "retired", "2": "published", "3": "published"}
    assert Notice.objects.filter(topic="entry.ending").count() == 1
    watch_entries(city=town.city, now=now + timedelta(days=179))
    over.refresh_from_db()
    assert over.values["contact_name"] == "Ida Keller"
    watch_entries(city=town.city, now=now + timedelta(days=181))
    over.refresh_from_db()
    assert not {"contact_name", "contact_email", "contact_phone"} & set(over.values)
    assert over.values["title"]
    assert "Keller" not in str(list(EntryVersion.objects.values_list("values", flat=True)))


def test_old_sheets_go_with_their_files(town: Town) -> None:
    sheet = take_sheet(
        city=town.city, kind=SENSORS, department=town.parks, chunks=[b"a;b\n1;2\n"], name="s.csv", by=OPERATOR
    )
    watch_entries(city=town.city, now=sheet.made_at + KEEP_IMPORTS - timedelta(days=1))
    assert EntryImport.objects.exists()
    watch_entries(city=town.city, now=sheet.made_at + KEEP_IMPORTS + timedelta(days=1))
    assert not EntryImport.objects.exists()
    assert not StoredFile.objects.filter(pk=sheet.file_id).exists()


def test_a_loader_may_run_twice_and_knows_departments_by_name(town: Town) -> None:
    said = {"title": "Counter", "reference": "L-1"}
    code = door.keep(city=town.city, by=OPERATOR, kind="sensors", department="parks", values=said)
    again = door.keep(
        city=town.city, by=OPERATOR, kind="sensors", department="parks", values={**said, "title": "Other"}
    )
    assert (again, Entry.objects.get().title) == (code, "Other")
    with pytest.raises(NotFound):
        door.keep(city=town.city, by=OPERATOR, kind="sensors", department="nobody", values=said)


def test_the_queue_of_a_reviewer_is_as_cheap_for_many_as_for_few(
    town: Town, django_assert_max_num_queries: Any
) -> None:
    for n in range(12):
        submit_entry(entry=town.draft("operator", reference=f"Q-{n}"), kind=SENSORS, by=OPERATOR)
    client = town.client("reviewer")
    client.get(f"/c/{SLUG}/desk/registers/")
    with django_assert_max_num_queries(16):
        client.get(f"/c/{SLUG}/desk/registers/")
