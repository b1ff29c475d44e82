# SPDX-License-Identifier: EUPL-1.2
"""Catalogues that are broken or mean harm: every run ends, with a report, and harms nobody."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.houses.catalogue.cast import Cast
from tests.houses.catalogue.harvest.portal import Portal, ckan_answers, package, portal

from stoa.commons.cities.acting import acting_in
from stoa.commons.fetching.door import Limits
from stoa.ground.problems import Refused
from stoa.ground.words import Saying
from stoa.houses.catalogue.actions import harvest_sources, looking
from stoa.houses.catalogue.actions.harvesting import RunLimits, harvest
from stoa.houses.catalogue.models import Dataset, HarvestRun, HarvestSource, RemoteFile, Source

pytestmark = pytest.mark.django_db
Follow = Callable[..., HarvestSource]


def ran(source: HarvestSource, **limits: Any) -> HarvestRun:
    harvest(city_id=source.city_id, source_id=source.pk, limits=RunLimits(**limits))
    with acting_in(source.city_id):
        return HarvestRun.objects.filter(source=source).order_by("-pk")[0]


def code(run: HarvestRun) -> str:
    return run.refusal.code if run.refusal else ""


def search(start: int, packages: list[dict[str, Any]], count: int = 10**9) -> dict[str, Any]:
    return {"success": True, "result": {"count": count, "results": packages}}


def test_pages_without_end_end_at_the_limit(cast: Cast, follow: Follow) -> None:
    def more(path: str) -> Any:
        start = int(path.partition("start=")[2].partition("&")[0])
        return search(start, [package(n) for n in range(start, start + 10)])

    with portal(more) as there:
        run = ran(follow(there), datasets=50)
    assert code(run) == "harvest.run_endless"
    assert run.found == 50


def test_the_same_page_again_and_again_is_noticed(cast: Cast, follow: Follow) -> None:
    with portal(lambda _path: search(0, [package(n) for n in range(10)])) as there:
        run = ran(follow(there))
        assert len(there.asked) == 2
    assert code(run) == "harvest.pages_repeat"
    assert run.new == 10


def test_a_next_page_that_leads_back_is_noticed(cast: Cast, follow: Follow) -> None:
    context = {
        "dcat": "http://www.w3.org/ns/dcat#",
        "dct": "http://purl.org/dc/terms/",
        "hydra": "http://www.w3.org/ns/hydra/core#",
    }

    def page(path: str) -> Any:
        number = path.rpartition("=")[2]
        return {
            "@context": context,
            "@graph": [
                {"@id": f"https://x.example/{number}", "@type": "dcat:Dataset", "dct:title": "T"},
                {"@id": "urn:page", "hydra:next": {"@id": "?page=1" if number == "2" else "?page=2"}},
            ],
        }

    with portal(page) as there:
        run = ran(follow(there, kind="dcat", path="/catalog.jsonld?page=1"))
        assert len(there.asked) == 2
    assert code(run) == "harvest.pages_repeat"
    assert run.new == 2


def test_a_description_of_a_gigabyte_ends_with_a_report(cast: Cast, follow: Follow) -> None:
    huge = search(0, [package(1, notes="x" * 3_000_000)], count=1)
    with portal(lambda _path: huge) as there:
        run = ran(follow(there), page=Limits(file_bytes=1_000_000, unpacked_bytes=1_000_000))
    assert code(run) == "fetch.too_large"
    assert run.new == 0


def test_a_long_description_is_shortened(cast: Cast, follow: Follow) -> None:
    with portal(ckan_answers(lambda: [package(1, notes="word " * 100_000, title="t" * 5000)])) as there:
        ran(follow(there))
    with acting_in(cast.city):
        dataset = Dataset.objects.get()
        assert len(dataset.description["en"]) <= 20_000
        assert len(dataset.title["en"]) <= 300


def test_wrong_letters_are_read_as_well_as_can_be_and_told(cast: Cast, follow: Follow) -> None:
    text = json.dumps(search(0, [package(1, title="Bäume")], count=1), ensure_ascii=False).encode("cp1252")
    with portal(lambda _path: text) as there:
        run = ran(follow(there))
    assert "Windows-1252" in str(run.notes)
    with acting_in(cast.city):
        assert Dataset.objects.get().title == {"en": "Bäume"}


def test_what_no_database_can_keep_is_left_out(cast: Cast, follow: Follow) -> None:
    odd = package(1, title="a\x00b\ud800c", notes="<script>alert(1)</script>x\x07y", id="\x00id" + "x" * 900)
    text = json.dumps(search(0, [odd], count=1))
    with portal(lambda _path: text) as there:
        run = ran(follow(there))
    assert run.new == 1
    with acting_in(cast.city):
        assert Dataset.objects.get().title == {"en": "ab?c"}
        assert Dataset.objects.get().description == {"en": "xy"}


def test_addresses_that_run_programs_are_dropped(cast: Cast, follow: Follow) -> None:
    bad = [
        {"url": url} for url in ("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//", "")
    ]
    with portal(
        ckan_answers(lambda: [package(1, resources=[*bad, {"url": "https://ok.example/a.csv"}])])
    ) as there:
        run = ran(follow(there))
    assert [str(Saying.from_json(note["why"])) for note in run.notes] == ["5 files have no usable address."]
    with acting_in(cast.city):
        assert [f.url for f in RemoteFile.objects.all()] == ["https://ok.example/a.csv"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[1, 2",
        b"<html><body>Sorry</body></html>",
        b"\xff\xfe\x00",
        b"null",
        b"[" * 200_000,
        b'{"result": 1}',
    ],
    ids=["empty", "cut", "list cut", "web page", "odd bytes", "null", "deep", "no packages"],
)
def test_what_is_no_catalogue_at_all_ends_with_a_report(cast: Cast, follow: Follow, body: bytes) -> None:
    with portal(lambda _path: body) as there:
        source = follow(there)
        run = ran(source)
    assert run.new == 0
    assert code(run) == "harvest.page_unreadable" or run.refused or run.notes
    with acting_in(cast.city):
        assert HarvestSource.objects.get(pk=source.pk).next_look_at is not None


def test_a_redirect_into_an_inner_network_is_not_followed(cast: Cast, follow: Follow) -> None:
    with portal(lambda _path: search(0, [package(1)], 1)) as inner:
        away = (302, {"Location": inner.url + "/api/3/action/package_search"}, b"")
        with portal(lambda _path: away) as there:
            run = ran(follow(there))
        assert code(run) in {"fetch.address_private", "fetch.port_refused"}
        assert inner.asked == []


def test_a_next_page_in_an_inner_network_is_not_asked_though_the_operator_allows_it_for_others(
    cast: Cast, follow: Follow, settings: Any
) -> None:
    with portal(lambda _path: search(0, [package(1)], 1)) as inner:
        follow(inner, title="Allowed by name")
        feed = {
            "@context": {"dcat": "http://www.w3.org/ns/dcat#", "hydra": "http://www.w3.org/ns/hydra/core#"},
            "@graph": [
                {
                    "@id": "urn:p",
                    "hydra:next": {"@id": inner.url.replace("127.0.0.1", "localhost") + "/secret"},
                }
            ],
        }
        allowed = (*settings.ENVIRONMENT.allowed_private_hosts, f"localhost:{inner.port}")
        settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"allowed_private_hosts": allowed})
        with portal(lambda _path: feed) as there:
            run = ran(follow(there, kind="dcat", path="/catalog.jsonld"))
        assert code(run) in {"fetch.address_private", "fetch.port_refused"}
        assert inner.asked == []


def test_a_file_in_an_inner_network_is_never_mirrored(cast: Cast, follow: Follow, settings: Any) -> None:
    with portal(lambda _path: b"a;b\n1;2\n") as inner:
        allowed = (*settings.ENVIRONMENT.allowed_private_hosts, f"localhost:{inner.port}")
        settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"allowed_private_hosts": allowed})
        url = f"http://localhost:{inner.port}/salaries.csv"
        with portal(ckan_answers(lambda: [package(1, resources=[{"url": url, "format": "CSV"}])])) as there:
            ran(follow(there, mirrors=True))
        with acting_in(cast.city):
            source = Source.objects.get()
        assert looking.look_at_source(city_id=cast.city.pk, source_id=source.pk) is False
        assert inner.asked == []
    with acting_in(cast.city):
        assert Source.objects.get().problem["code"] in {"fetch.address_private", "fetch.port_refused"}


def test_a_key_goes_to_its_own_host_only_and_stands_nowhere_else(
    cast: Cast, follow: Follow, settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"home": tmp_path})
    (tmp_path / "harvest-keys").mkdir()
    (tmp_path / "harvest-keys" / "district").write_text("127.0.0.1 s3cret\n")
    (tmp_path / "harvest-keys" / "other").write_text("other.example s3cret\n")

    def authorization(there: Portal) -> list[str | None]:
        return [head.get("Authorization") for _path, head in there.asked]

    with portal(ckan_answers(lambda: [package(1)])) as there:
        ran(follow(there, token_name="district"))
        assert authorization(there) == ["s3cret"]
    with portal(ckan_answers(lambda: [package(1)])) as there:
        run = ran(follow(there, token_name="other", title="Wrong"))
        assert (there.asked, code(run)) == ([], "harvest.key_of_another_host")
    with portal(ckan_answers(lambda: [package(1)])) as there:
        assert code(ran(follow(there, token_name="../../etc/passwd", title="Out"))) == "harvest.key_missing"
    with acting_in(cast.city):
        rows = [*HarvestRun.objects.values(), *HarvestSource.objects.values(), *Dataset.objects.values()]
    assert "s3cret" not in str(rows) + caplog.text


def test_a_trial_run_shows_what_would_come_and_keeps_nothing(cast: Cast, follow: Follow) -> None:
    with portal(ckan_answers(lambda: [package(n) for n in range(30)])) as there:
        follow(there)
        with acting_in(cast.city):
            given = {"kind": "ckan", "url": there.url, "department": cast.parks}
            trial = harvest_sources.try_out(city=cast.city, by=cast.principal("cleo"), **given)
            with pytest.raises(Refused, match="right_missing"):
                harvest_sources.try_out(city=cast.city, by=cast.principal("ada"), **given)
    assert trial.total == 30
    assert [said.title["en"] for _id, said in trial.datasets][:2] == ["Dataset 0", "Dataset 1"]
    with acting_in(cast.city):
        assert not Dataset.objects.exists()
        assert not HarvestRun.objects.exists()
