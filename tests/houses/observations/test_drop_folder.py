# SPDX-License-Identifier: EUPL-1.2
"""The watched folder: closed files go into their series once, and lie in `done` or `refused` with a report beside."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.conf import LazySettings
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.houses.observations.actions import drop_writing
from stoa.houses.observations.actions.drop_folder import take_from_folder
from stoa.houses.observations.door import files
from stoa.houses.observations.models import FileDrop, Observation

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
START = datetime(2026, 5, 1, tzinfo=UTC)
Rows = list[dict[str, Any]]


@pytest.fixture
def town(settings: LazySettings, tmp_path: Path) -> Town:
    for name in ("LAKE", "CACHE", "WORK", "FILES"):
        setattr(settings, f"STOA_{name}", tmp_path / name.lower())
    return make_town()


def rows(day: int, count: int = 24) -> Rows:
    first = START + timedelta(days=day)
    return [
        {"time": (first + timedelta(hours=n)).isoformat(), "Air temperature": 10 + n / 4}
        for n in range(count)
    ]


def array(told: Rows) -> bytes:
    return json.dumps(told).encode()


def lines(told: Rows) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in told)


def parquet(told: Rows) -> bytes:
    times = pa.array([datetime.fromisoformat(row["time"]) for row in told], pa.timestamp("ms", "UTC"))
    sink = pa.BufferOutputStream()
    table = pa.table({"time": times, "Air temperature": [row["Air temperature"] for row in told]})
    pq.write_table(table, sink)
    return bytes(sink.getvalue())


def agree(town: Town, folder: Path, content: bytes, name: str, recipe: str) -> None:
    """Ada settles the first file of a make and keeps that as a recipe."""
    path = folder / name
    path.write_bytes(content)
    ada = town.cast.principal("ada")
    looked = files.take(city=town.cast.city, by=ada, path=path, department="parks")
    assert looked.plan.targets["Air temperature"].uid == str(town.series.uid)
    looked = files.settle(city=town.cast.city, by=ada, number=looked.number, plan=looked.plan, keep_as=recipe)
    assert looked.report["refused"] == 0
    assert files.write(city=town.cast.city, by=ada, number=looked.number)["written"] == 24


def lay(place: Path, name: str, content: bytes, age_s: int = 60) -> None:
    path = place / name
    path.write_bytes(content)
    then = (NOW - timedelta(seconds=age_s)).timestamp()
    os.utime(path, (then, then))


def look(town: Town, watched: Path) -> int:
    return take_from_folder(town.cast.city, watched, now=NOW)


def report(place: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(f"{place}.report.json").read_text())
    return found


@pytest.mark.parametrize(
    ("ending", "made"),
    [("json", array), ("jsonl", lines), ("parquet", parquet)],
    ids=["array", "lines", "parquet"],
)
def test_files_of_every_make_are_written_once_and_moved_away(
    town: Town, tmp_path: Path, ending: str, made: Callable[[Rows], bytes]
) -> None:
    watched = tmp_path / "drops"
    agree(town, tmp_path, made(rows(0)), f"first.{ending}", "Wetter im Park")
    assert look(town, watched) == 0
    place = watched / "here" / "wetter-im-park"
    lay(place, f"second.{ending}", made(rows(1)))
    lay(place, f"third.{ending}.part", made(rows(2)))
    lay(place, f"young.{ending}", made(rows(3)), age_s=3)
    assert look(town, watched) == 1
    assert look(town, watched) == 0
    told = report(place / "done" / f"second.{ending}")
    assert (told["state"], told["recipe"], told["counts"]["written"]) == ("written", "Wetter im Park", 24)
    assert sorted(one.name for one in place.iterdir() if one.is_file()) == [
        f"third.{ending}.part", f"young.{ending}"
    ]  # fmt: skip
    lay(place, f"second.{ending}", made(rows(1)))
    assert look(town, watched) == 1
    again = report(place / "done" / f"20261121T120000-second.{ending}")
    assert (again["counts"]["written"], again["counts"]["unchanged"]) == (0, 24)
    with acting_in(town.cast.city):
        assert Observation.objects.count() == 48


def test_what_cannot_be_taken_lies_apart_with_its_reason(town: Town, tmp_path: Path) -> None:
    watched = tmp_path / "drops"
    agree(town, tmp_path, lines(rows(0)), "first.jsonl", "Weather")
    look(town, watched)
    place = watched / "here" / "weather"
    lay(place, "broken.jsonl", b'{"time": ')
    lay(place, "empty.jsonl", b"")
    lay(place, "other.jsonl", lines([{"when": row["time"], "Noise": 40} for row in rows(1)]))
    lay(
        place,
        "some.jsonl",
        lines([*rows(1, 20), {"time": "2026-05-03T00:00:00+00:00", "Air temperature": "hot"}]),
    )
    Path(place / "link.jsonl").symlink_to("/etc/hostname")
    assert look(town, watched) == 4
    for name in ("broken.jsonl", "empty.jsonl", "other.jsonl"):
        told = report(place / "refused" / name)
        assert told["problem"]["what"], name
        assert (place / "refused" / name).exists()
    assert "note" in report(place / "refused" / "other.jsonl"), "it waits for somebody at the desk"
    told = report(place / "done" / "some.jsonl")
    assert (told["counts"]["written"], told["counts"]["refused"]) == (20, 1)
    assert told["refused"][0]["code"] == "observations.cell_unreadable"
    assert (place / "link.jsonl").is_symlink(), "links are not followed"


def test_killed_in_the_middle_it_goes_on_with_the_same_file(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = tmp_path / "drops"
    agree(town, tmp_path, lines(rows(0)), "first.jsonl", "Weather")
    look(town, watched)
    place = watched / "here" / "weather"
    lay(place, "second.jsonl", lines(rows(1)))

    def killed(*_said: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(drop_writing, "_write", killed)
        with pytest.raises(KeyboardInterrupt):
            look(town, watched)
    assert (place / "second.jsonl").exists()
    assert look(town, watched) == 1
    with acting_in(town.cast.city):
        assert FileDrop.objects.filter(name="second.jsonl").count() == 1
        assert Observation.objects.count() == 48
