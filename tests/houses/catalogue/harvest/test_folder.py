# SPDX-License-Identifier: EUPL-1.2
"""A folder on the server as a catalogue: what describes datasets is read, files of data are datasets themselves."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from tests.houses.catalogue.cast import TREES, Cast
from tests.houses.catalogue.harvest.portal import package

from stoa.commons.cities.acting import acting_in
from stoa.ground.problems import Refused
from stoa.houses.catalogue.actions import harvest_sources
from stoa.houses.catalogue.actions.harvest_keys import trusted_hosts
from stoa.houses.catalogue.actions.harvesting import harvest
from stoa.houses.catalogue.actions.looking import look_at_source
from stoa.houses.catalogue.models import Dataset, Delivery, Harvested, HarvestRun, HarvestSource, Source
from stoa.houses.catalogue.terms import RunState, State

pytestmark = pytest.mark.django_db
TURTLE = b"""@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
<https://a.example/catalog> a dcat:Catalog ; dcat:dataset <https://a.example/noise> .
<https://a.example/noise> a dcat:Dataset ; dct:title "Noise" ; dct:description "Loud" ."""
POD = {"conformsTo": "x", "dataset": [{"identifier": "b1", "title": "Benches", "accessLevel": "public"}]}


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    place = tmp_path / "dumps"
    place.mkdir()
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"source_folders": (str(place),)})
    return place


def put(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    an_hour_ago = time.time() - 3600
    os.utime(folder / name, (an_hour_ago, an_hour_ago))


def given(cast: Cast, folder: Path, who: str = "cleo", **said: Any) -> HarvestSource:
    by = cast.principal(who)
    with acting_in(cast.city):
        return harvest_sources.add_source(
            city=cast.city,
            by=by,
            title="Dumps",
            kind="folder",
            url=str(folder),
            department=cast.parks,
            **said,
        )


def ran(source: HarvestSource) -> HarvestRun:
    harvest(city_id=source.city_id, source_id=source.pk)
    with acting_in(source.city_id):
        return HarvestRun.objects.filter(source=source).order_by("-pk")[0]


def fill(folder: Path) -> None:
    put(folder, "noise.ttl", TURTLE)
    put(folder, "data.json", json.dumps(POD).encode())
    put(folder, "dump.jsonl", b"\n".join([*(json.dumps(package(n)).encode() for n in range(2)), b"{broken"]))
    put(folder, "search.json", json.dumps({"result": {"results": [package(7)]}}).encode())
    put(folder, "old_trees.csv", TREES)


def test_catalogues_of_every_kind_in_one_folder_come_in(cast: Cast, folder: Path) -> None:
    fill(folder)
    source = given(cast, folder)
    run = ran(source)
    assert (run.state, run.problem, run.new, run.pages) == (RunState.DONE, None, 5, 5)
    assert any(note["id"] == "old_trees.csv" for note in run.notes)
    assert len(run.notes) == 2  # and the broken line
    with acting_in(cast.city):
        titles = {one.title.get("en") for one in Dataset.objects.filter(is_remote=True)}
        assert titles == {"Noise", "Benches", "Dataset 0", "Dataset 1", "Dataset 7"}
        assert not [
            one for one in Harvested.objects.all() if str(folder) in f"{one.remote_uri}{one.remote_id}"
        ]
    again = ran(source)
    assert (again.same, again.new, again.gone) == (5, 0, 0)
    (folder / "noise.ttl").unlink()
    assert ran(source).gone == 1
    with acting_in(cast.city):
        assert Dataset.objects.get(slug="noise").state == State.RETIRED


def test_files_of_data_become_datasets_where_the_data_is_brought_in(cast: Cast, folder: Path) -> None:
    put(folder, "old_trees [1].csv", TREES)
    put(folder, f"{'x' * 240}.csv", TREES)
    source = given(cast, folder, mirrors=True)
    run = ran(source)
    assert (run.new, len(run.notes), run.refused) == (1, 1, 1)
    with acting_in(cast.city):
        follows = Source.objects.get(dataset__is_remote=True)
        assert (follows.kind, follows.place) == ("folder", str(folder))
    assert look_at_source(city_id=cast.city.pk, source_id=follows.pk) is True
    with acting_in(cast.city):
        assert Delivery.objects.get(dataset=follows.dataset_id).dataset.title == {"en": "old trees [1]"}
    assert ran(source).same == 1


def test_only_folders_that_the_operator_named_may_be_read(cast: Cast, folder: Path, settings: Any) -> None:
    for place in (folder.parent, folder / "..", Path("/etc"), Path("relative")):
        with pytest.raises(Refused, match=r"catalogue\.folder_forbidden"):
            given(cast, place)
    with pytest.raises(Refused, match=r"catalogue\.right_missing"):
        given(cast, folder, who="dora")
    put(folder, "noise.ttl", TURTLE)
    source = given(cast, folder)
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"source_folders": ()})
    run = ran(source)
    assert run.state == RunState.BROKEN
    assert run.refusal is not None
    assert run.refusal.code == "catalogue.folder_forbidden"


def test_a_link_out_of_the_folder_is_passed_over(cast: Cast, folder: Path, tmp_path: Path) -> None:
    put(tmp_path, "secret.ttl", TURTLE.replace(b"Noise", b"Secret"))
    (folder / "in.ttl").symlink_to(tmp_path / "secret.ttl")
    put(folder, "noise.ttl", TURTLE)
    assert ran(given(cast, folder)).new == 1
    with acting_in(cast.city):
        assert not Dataset.objects.filter(title__en="Secret").exists()


@pytest.mark.parametrize("state", ["harvest.folder_empty", "harvest.folder_changing"])
def test_an_empty_folder_or_one_in_work_takes_nothing_away(cast: Cast, folder: Path, state: str) -> None:
    put(folder, "noise.ttl", TURTLE)
    source = given(cast, folder)
    ran(source)
    if state == "harvest.folder_empty":
        (folder / "noise.ttl").unlink()
    else:
        (folder / "noise.ttl").write_bytes(TURTLE)
    run = ran(source)
    assert (run.state, run.gone) == (RunState.BROKEN, 0)
    assert run.refusal is not None
    assert run.refusal.code == state
    with acting_in(cast.city):
        assert Dataset.objects.get(slug="noise").state == State.PUBLISHED


def test_a_folder_opens_no_inner_host(settings: Any) -> None:
    hosts = ("intranet", "10.0.0.1:80")
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"allowed_private_hosts": hosts})
    assert trusted_hosts("/srv/dumps") == []
    assert trusted_hosts("http://intranet/x") == ["intranet"]


def test_the_trial_shows_what_would_come(cast: Cast, folder: Path) -> None:
    fill(folder)
    with acting_in(cast.city):
        trial = harvest_sources.try_out(
            city=cast.city, by=cast.principal("cleo"), kind="folder", url=str(folder), department=cast.parks
        )
    assert [said.title for _id, said in trial.datasets] == [{"en": "Benches"}]
