# SPDX-License-Identifier: EUPL-1.2
"""Values come from files: wide and long, with local times; what cannot be taken is put aside, and once is once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.ground.problems import NotFound, Refused
from stoa.houses.observations.actions import drop_writing, dropping
from stoa.houses.observations.door import files
from stoa.houses.observations.door.files import Looked, Target
from stoa.houses.observations.models import Datastream, FileDrop, FileRecipe, Observation, Quarantined
from stoa.houses.observations.queries.drops import drop_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(settings: LazySettings, tmp_path: Path) -> Town:
    for name in ("LAKE", "CACHE", "WORK", "FILES"):
        setattr(settings, f"STOA_{name}", tmp_path / name.lower())
    return make_town()


def take(
    town: Town, folder: Path, text: str, *, name: str = "values.csv", who: str = "ada", recipe: str = ""
) -> Looked:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    by = town.cast.principal(who)
    return files.take(city=town.cast.city, by=by, path=path, department="parks", recipe=recipe)


def settle(town: Town, looked: Looked, keep_as: str = "", **said: Any) -> Looked:
    from dataclasses import replace

    by = town.cast.principal("ada")
    plan = replace(looked.plan, **said)
    return files.settle(city=town.cast.city, by=by, number=looked.number, plan=plan, keep_as=keep_as)


def write(town: Town, looked: Looked) -> Mapping[str, int]:
    return files.write(city=town.cast.city, by=town.cast.principal("ada"), number=looked.number)


def values(town: Town, name: str) -> list[tuple[str, float | None]]:
    with acting_in(town.cast.city):
        series = Datastream.objects.get(name=name)
        found = Observation.objects.filter(datastream_id=series.pk).order_by("at")
        return [(f"{one.at.astimezone(UTC):%d %H:%M}", one.number) for one in found]


def _air(n: int) -> str:
    at = f"{datetime(2024, 5, 1, 1) + timedelta(hours=n):%Y-%m-%d %H:%M}"
    told = {2: ("broken", "58"), 1: ("11,0", "-")}.get(n, (f"{10 + n % 7},5", str(50 + n % 9)))
    return ";".join(("Park", "not a time" if n == 5 else at, *told, "0"))


AIR = "Station;Date;Air temperature in °C;Ozone in µg/m³;Status\n" + "\n".join(map(_air, range(120))) + "\n"


def test_a_wide_file_goes_into_a_known_series_and_a_new_one_and_a_second_time_changes_nothing(
    town: Town, tmp_path: Path
) -> None:
    looked = take(town, tmp_path, AIR)
    assert looked.plan.time == ("Date",)
    assert looked.plan.targets["Air temperature in °C"].uid == str(town.series.uid), "known by its name"
    assert looked.plan.targets["Ozone in µg/m³"] == Target("", "Park", "Ozone", "µg/m³", "number")
    assert set(looked.plan.targets) == {"Air temperature in °C", "Ozone in µg/m³"}, "a status is no value"
    looked = settle(town, looked, keep_as="Station in the park")
    report = looked.report
    assert (report["rows"], report["values"], report["empty"], report["refused"]) == (120, 236, 1, 3)
    assert {one["code"]: one["times"] for one in report["reasons"]} == {
        "observations.cell_unreadable": 1,
        "observations.time_unreadable": 2,
    }
    assert not Observation.objects.exists(), "looking through writes nothing"
    assert write(town, looked)["written"] == 236
    assert values(town, "Air temperature")[0] == ("30 23:00", 10.5), "local time of the city"
    assert len(values(town, "Ozone")) == 118
    with acting_in(town.cast.city):
        aside = {one.code: one for one in Quarantined.objects.all()}
        assert set(aside) == {"observations.cell_unreadable", "observations.time_unreadable"}
        assert aside["observations.cell_unreadable"].reason == {"cell": "broken", "row": 3}
    again = take(town, tmp_path, AIR, recipe="Station in the park")
    assert again.is_checked, "a known make needs no questions"
    assert again.plan.targets["Ozone in µg/m³"].uid
    assert write(town, again) == {
        "written": 0, "corrected": 0, "unchanged": 236, "refused": 3, "empty": 1, "unnamed": 0
    }  # fmt: skip
    wider = AIR.replace("Status\n", "Status;Noise\n").replace(";0\n", ";0;40\n")
    changed = take(town, tmp_path, wider, name="wider.csv", recipe="Station in the park")
    assert not changed.is_checked, "a column that nobody has settled is not passed over in silence"
    assert changed.problem is not None
    both = {
        heading: Target(str(town.series.uid), "Station", "x") for heading in list(changed.plan.targets)[:2]
    }
    with pytest.raises(Refused) as refused:
        settle(town, changed, targets=both)
    assert refused.value.problem.code == "observations.drop_together"
    later = AIR.replace("2024-05", "2024-06")
    assert (
        write(town, take(town, tmp_path, later, name="june.csv", recipe="Station in the park"))["written"]
        == 236
    )


LONG = "sensor,time,value\n" + "".join(
    f"{name},2024-05-01T0{hour}:00:00Z,{hour + 10 * n}\n"
    for hour in range(8)
    for n, name in enumerate(("north", "south", "gone"))
)


def test_a_long_file_goes_into_a_series_for_each_name_that_was_chosen(town: Town, tmp_path: Path) -> None:
    looked = take(town, tmp_path, LONG)
    assert (looked.plan.shape, looked.plan.name, looked.plan.value) == ("long", "sensor", "value")
    assert set(looked.plan.targets) == {"north", "south", "gone"}
    chosen = {name: Target("", name, f"Level {name}") for name in ("north", "south")}
    looked = settle(town, looked, targets=chosen)
    assert (looked.report["values"], looked.report["unnamed"]) == (16, 8)
    write(town, looked)
    assert values(town, "Level south")[:2] == [("01 00:00", 10.0), ("01 01:00", 11.0)]


def test_the_hours_of_a_change_of_clocks_are_told_apart_and_reported(town: Town, tmp_path: Path) -> None:
    spring = [f"2024-03-31 0{hour}:30,{hour}" for hour in (1, 2, 3, 4)]
    autumn = [f"2024-10-27 0{hour}:30,{n}" for n, hour in enumerate((1, 2, 2, 3), start=10)]
    once = ["2025-10-26 02:30,20", "2025-10-26 04:30,21"]
    looked = take(town, tmp_path, "\n".join(["Zeit,Air temperature", *spring, *autumn, *once]) + "\n")
    looked = settle(town, looked)
    assert looked.report["twice"] == 3
    assert [(one["code"], one["times"]) for one in looked.report["reasons"]] == [
        ("observations.time_never", 1)
    ]
    write(town, looked)
    assert values(town, "Air temperature") == [
        ("31 00:30", 1), ("31 01:30", 3), ("31 02:30", 4),
        ("26 23:30", 10), ("27 00:30", 11), ("27 01:30", 12), ("27 02:30", 13),
        ("26 01:30", 20), ("26 03:30", 21),
    ]  # fmt: skip


def test_of_two_values_for_one_moment_the_second_is_put_aside_unless_it_is_the_same(
    town: Town, tmp_path: Path
) -> None:
    rows = [f"2024-05-01T{hour:02}:00:00Z,{hour}" for hour in range(10)]
    looked = take(
        town, tmp_path, "\n".join(["time,Air temperature", *rows, rows[3], "2024-05-01T04:00:00Z,99"]) + "\n"
    )
    looked = settle(town, looked)
    assert [(one["code"], one["times"]) for one in looked.report["reasons"]] == [
        ("observations.time_repeated", 1)
    ]
    write(town, looked)
    assert ("01 04:00", 4.0) in values(town, "Air temperature")


def test_a_word_for_no_value_is_passed_over_and_days_with_a_time_beside_them_are_moments(
    town: Town, tmp_path: Path
) -> None:
    rows = [
        f"{day:02}.05.2024;{hour:02}:00;{hour if day > 2 else 'closed'}"
        for day in range(1, 13)
        for hour in (6, 12)
    ]
    looked = take(town, tmp_path, "\n".join(["Datum;Uhrzeit;Air temperature", *rows]) + "\n")
    assert looked.plan.time == ("Datum", "Uhrzeit")
    looked = settle(town, looked, keep_as="Pool", left_out=("closed",))
    assert (looked.report["values"], looked.report["empty"], looked.report["refused"]) == (20, 4, 0)
    write(town, looked)
    assert values(town, "Air temperature")[0] == ("03 04:00", 6.0)
    worse = "\n".join(["Datum;Uhrzeit;Air temperature", *rows]).replace(";6\n", ";closed\n") + "\n"
    again = take(town, tmp_path, worse, name="june.csv", recipe="Pool")
    assert (again.is_checked, again.report["refused"]) == (True, 0), "the word is part of the recipe"


def test_killed_between_two_portions_it_goes_on_and_counts_once(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stoa.houses.observations.actions.drop_rows.CELLS_AT_ONCE", 200)
    start = datetime(2024, 5, 1, tzinfo=UTC)
    rows = [f"{(start + timedelta(minutes=n)).isoformat()},{n}" for n in range(350)]
    looked = settle(town, take(town, tmp_path, "\n".join(["time,Air temperature", *rows]) + "\n"))
    city, calls = town.cast.city, []
    real = drop_writing._write

    def killed(*args: Any) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        real(*args)

    with monkeypatch.context() as patch:
        patch.setattr(drop_writing, "_write", killed)
        with pytest.raises(KeyboardInterrupt):
            write(town, looked)
    with acting_in(city):
        assert FileDrop.objects.get().done_rows == 200
    drop_writing.write_drop(city_id=city.pk, drop_id=looked.number)
    with acting_in(city):
        assert FileDrop.objects.get().counts["written"] == 350
        assert Observation.objects.count() == 350


@pytest.mark.parametrize("who", ["ben", "dora", "egon"])
def test_nobody_else_brings_in_files_for_a_department_or_sees_those_of_others(
    town: Town, tmp_path: Path, who: str
) -> None:
    with pytest.raises(Refused) as refused:
        take(town, tmp_path, AIR, who=who)
    assert refused.value.problem.code == "observations.right_missing"
    with acting_in(town.cast.city):
        made = dropping.take_drop(
            city=town.cast.city, by=town.cast.principal("ada"), department=town.cast.parks, chunks=[b"x"],
            name="x.csv", reads_itself=False,
        )  # fmt: skip
        with pytest.raises(NotFound):
            drop_for(city=town.cast.city, by=town.cast.principal(who), number=made.pk)


def test_values_go_into_no_series_of_another_department(town: Town, tmp_path: Path) -> None:
    from stoa.houses.observations.actions import setting_up

    cast = town.cast
    with acting_in(cast.city):
        ben = cast.principal("ben")
        thing = setting_up.set_up_thing(city=cast.city, by=ben, department=cast.roads, name="Road")
        other = setting_up.set_up_datastream(
            thing=thing,
            sensor=town.sensor,
            observed_property=town.temperature,
            by=ben,
            name="Road temperature",
        )
    looked = take(
        town, tmp_path, "time,Road temperature\n" + "".join(f"2024-05-01T0{h}:00:00Z,{h}\n" for h in range(9))
    )
    looked = settle(town, looked, targets={"Road temperature": Target(str(other.uid), "Road", "x")})
    assert (looked.report["values"], looked.report["refused"]) == (0, 9)


def test_files_of_long_ago_are_forgotten_and_recipes_stay(town: Town, tmp_path: Path) -> None:
    looked = settle(town, take(town, tmp_path, AIR), keep_as="Park")
    city = town.cast.city
    with acting_in(city):
        path = FileDrop.objects.get(pk=looked.number).file.path
        FileDrop.objects.update(made_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert path.exists()
    assert dropping.forget_drops(city, datetime.now(tz=UTC)) == 1
    with acting_in(city):
        assert not FileDrop.objects.exists()
        assert FileRecipe.objects.get().name == "Park"


def test_a_file_without_a_time_waits_for_the_officer(town: Town, tmp_path: Path) -> None:
    looked = take(town, tmp_path, "a,b\n1,2\n3,4\n5,6\n")
    assert (looked.plan.time, looked.is_checked) == ((), False)
    with pytest.raises(Refused) as refused:
        settle(town, looked)
    assert refused.value.problem.code == "observations.drop_unclear"


def test_an_officer_sends_a_file_settles_what_is_what_and_has_it_written(town: Town) -> None:
    ada, home = browser(town, "ada"), "/c/here/desk/series/files/"
    assert "Values from files" in ada.get(home).content.decode()
    sent = {"file": SimpleUploadedFile("may.csv", AIR.encode()), "department": str(town.cast.parks.pk)}
    answer = ada.post(home, sent)
    page = answer["location"]
    with acting_in(town.cast.city):
        number = FileDrop.objects.get().pk
    assert ada.get(f"{page}/state").json()["is_done"] is False
    dropping.read_drop(city_id=town.cast.city.pk, drop_id=number)
    form = ada.get(page).content.decode()
    assert "A series of this name is there already." in form
    assert "It tells how good another column is." in form
    said = {
        "shape": "wide", "time": "Date", "zone": "", "keep_as": "Park", "is_open": "on",
        "to1": str(town.series.uid), "to2": "new", "thing2": "Park", "measures2": "Ozone", "unit2": "µg/m³",
        "kind2": "number",
    }  # fmt: skip
    assert ada.post(page, said | {"thing2": ""}).status_code == 422
    assert ada.post(page, said).status_code == 302
    drop_writing.check_drop(city_id=town.cast.city.pk, drop_id=number)
    checked = ada.get(page).content.decode()
    assert "236" in checked
    assert "“broken” in row 3 is no value of its series." in checked
    assert ada.post(f"{page}/deed", {"deed": "write"}).status_code == 302
    drop_writing.write_drop(city_id=town.cast.city.pk, drop_id=number)
    assert "values written" in ada.get(page).content.decode()
    with acting_in(town.cast.city):
        assert Datastream.objects.get(name="Ozone").thing.access == "open"
    for who, status in (("ben", 404), ("egon", 403), ("", 302)):
        assert browser(town, who).get(page).status_code == status
        assert browser(town, who).post(f"{page}/deed", {"deed": "discard"}).status_code == status
    assert ada.post(f"{page}/deed", {"deed": "discard"}).status_code == 302
    assert "may.csv" not in ada.get(home).content.decode()


def browser(town: Town, who: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    if who:
        client.force_login(getattr(town.cast, who))
    return client
