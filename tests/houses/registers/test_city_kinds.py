# SPDX-License-Identifier: EUPL-1.2
"""A city adds fields to a register and begins registers of its own, on a page and without code."""

from __future__ import annotations

from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.houses.registers.town import OPERATOR, SLUG, Town, raw

from stoa.commons.jobs.events import deliver_waiting
from stoa.commons.lake.values import Query
from stoa.commons.roles.values import NOBODY
from stoa.ground.problems import Refused
from stoa.houses.catalogue import door as catalogue
from stoa.houses.registers import door
from stoa.houses.registers.actions.declaring import add_field, declare_kind, remove_field
from stoa.houses.registers.actions.exporting import export_kind
from stoa.houses.registers.actions.keeping import change_entry, draft_entry
from stoa.houses.registers.actions.publishing import publish_entry
from stoa.houses.registers.models import CityKind, Entry
from stoa.houses.registers.queries.kinds import kind_of
from stoa.houses.registers.rules.declared import CORE, FieldTold, read_field

pytestmark = pytest.mark.django_db
KINDS = "/desk/registers/kinds/"


def _post(town: Town, path: str, who: str, **said: Any) -> Any:
    return town.client(who).post(f"/c/{SLUG}{path}", said)


def _field(**said: Any) -> FieldTold:
    return FieldTold(
        **{"label": {"en": "Battery type"}, "type": "text", "help": {}, "is_public": True, **said}
    )


@pytest.mark.parametrize("who", ["registrar", "reviewer", "reader", "stranger", "nobody"])
def test_only_stewards_and_managers_declare(town: Town, who: str) -> None:
    assert town.get(KINDS, who).status_code in {302, 403}
    assert _post(town, KINDS, who, title_en="Benches", about_en="All benches").status_code in {302, 403}
    assert _post(town, f"{KINDS}sensors/remove", who, name="title").status_code in {302, 403}
    with pytest.raises(Refused):
        add_field(city=town.city, slug="sensors", by=town.by(who), told=_field())
    assert not CityKind.objects.exists()


def test_a_register_of_the_city_s_own_works_like_the_others(town: Town) -> None:
    said = {
        "title_en": "Public benches",
        "title_de": "Bänke",
        "about_en": "Where one can sit.",
        "has_places": "on",
    }
    assert _post(town, KINDS, "steward", **said).status_code == 302
    added = {
        "label_en": "Material",
        "type": "code",
        "choices": "Wood\nSteel\nConcrete, cast",
        "is_public": "on",
        "is_filter": "on",
        "is_required": "on",
    }
    assert _post(town, f"{KINDS}public-benches/", "steward", **added).status_code == 302
    note = {"label_en": "Who complained", "type": "text", "is_personal": "on"}
    assert _post(town, f"{KINDS}public-benches/", "steward", **note).status_code == 302
    kind = kind_of(town.city, "public-benches")
    bench = {"title": "Bench at the lake", "material": "Wood", "place": [7.6, 51.9], "reference": "B-1"}
    bench["who_complained"] = "Ida Keller"
    entry = draft_entry(city=town.city, kind=kind, department=town.parks, raw=bench, by=town.by("registrar"))
    publish_entry(entry=entry, kind=kind, by=town.by("reviewer"))
    for path in (
        "/registers/",
        "/registers/public-benches/?material=wood",
        f"/registers/public-benches/{entry.code}",
    ):
        text = town.get(path).content.decode()
        assert "Public benches" in text
        assert "Keller" not in text
    assert "Bench at the lake" not in town.get("/registers/public-benches/?material=steel").content.decode()
    assert "Bänke" in town.client("nobody").get(f"/c/{SLUG}/registers/?lang=de").content.decode()
    assert export_kind(city_id=town.city.pk, slug="public-benches") == 1
    page = catalogue.rows(city=town.city, by=NOBODY, slug="register-public-benches", query=Query())
    assert "who_complained" not in [spec.name for spec in page.columns]
    card = door.kind(city=town.city, by=NOBODY, slug="public-benches")
    assert [field.name for field in card.fields if field.name not in CORE] == ["material"]


def test_a_field_of_the_city_joins_a_shipped_register_and_leaves_it_again(town: Town) -> None:
    before = town.published()
    assert export_kind(city_id=town.city.pk, slug="sensors") == 1
    add_field(city=town.city, slug="sensors", by=OPERATOR, told=_field())
    kind = kind_of(town.city, "sensors")
    entry = change_entry(entry=before, kind=kind, raw=raw(battery_type="Lithium"), by=OPERATOR)
    publish_entry(entry=entry, kind=kind, by=OPERATOR)
    assert "Lithium" in town.get(f"/registers/sensors/{entry.code}").content.decode()
    assert town.get("/registers/sensors/?q=lithium").content.decode().count(entry.code)
    assert export_kind(city_id=town.city.pk, slug="sensors") == 2
    page = catalogue.rows(city=town.city, by=NOBODY, slug="register-sensors", query=Query())
    assert "battery_type" in [spec.name for spec in page.columns]
    assert "Battery type" in town.get(f"{KINDS}sensors/", "steward").content.decode()
    remove_field(city=town.city, slug="sensors", by=OPERATOR, name="battery_type")
    assert "Lithium" not in town.get(f"/registers/sensors/{entry.code}").content.decode()
    assert not town.get("/registers/sensors/?q=lithium").content.decode().count(entry.code)
    assert "battery_type" not in (Entry.objects.get().shown or {})
    remove_field(city=town.city, slug="sensors", by=OPERATOR, name="title")
    assert "title" in [field.name for field in kind_of(town.city, "sensors")]


def test_fields_of_one_city_are_not_those_of_another(town: Town) -> None:
    add_field(city=town.city, slug="sensors", by=OPERATOR, told=_field())
    assert "battery_type" not in [field.name for field in kind_of(town.other, "sensors")]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"label": {"en": " "}}, "label"),
        ({"type": "rows"}, "type"),
        ({"type": "code", "choices": ("One",)}, "choices"),
        ({"type": "code", "choices": ("One", "one", "ONE")}, "choices"),
        ({"type": "codes", "choices": tuple(f"n{n}" for n in range(101))}, "choices"),
        ({"is_personal": True}, "is_personal"),
    ],
)
def test_a_field_that_makes_no_sense_is_refused_beside_its_control(said: dict[str, Any], field: str) -> None:
    kept, problems = read_field(_field(**said), ())
    assert kept == {}
    assert [problem.field for problem in problems] == [field]


def test_machine_names_are_readable_and_never_taken_twice() -> None:
    names = {"title", "groesse_m2"}
    kept, _none = read_field(_field(label={"de": "Größe [m²]"}), names)
    assert kept["name"] == "groesse_m2_2"
    assert read_field(_field(label={"ja": "電池"}), ())[0]["name"] == "field"


@pytest.mark.parametrize("title", ["Kinds", "Sensors", "!!!", "電池"])
def test_a_register_whose_address_would_be_another_s_is_refused(town: Town, title: str) -> None:
    with pytest.raises(Refused) as refused:
        declare_kind(city=town.city, by=OPERATOR, title={"en": title}, about={"en": "About"})
    assert refused.value.problem.code == "registers.kind_taken"


def test_what_is_published_asks_for_the_dataset_once_the_event_is_told(town: Town) -> None:
    town.published()
    deliver_waiting(town.city.pk)
    waiting = ProcrastinateJob.objects.filter(task_name="registers.export_kind", status="todo")
    assert [job.args for job in waiting if job.args["city_id"] == town.city.pk] == [
        {"city_id": town.city.pk, "kind": "sensors"}
    ]
