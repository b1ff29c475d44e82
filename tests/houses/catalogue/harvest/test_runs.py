# SPDX-License-Identifier: EUPL-1.2
"""Runs through another catalogue: what is new, changed, gone, known already; and interruptions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.houses.catalogue.cast import Cast, published
from tests.houses.catalogue.harvest.portal import ckan_answers, package, portal

from stoa.commons.audit.models import AuditLine
from stoa.commons.cities.acting import acting_in
from stoa.commons.notices.models import Notice
from stoa.ground.problems import Refused
from stoa.houses.catalogue import door
from stoa.houses.catalogue.actions import harvest_sources, harvesting
from stoa.houses.catalogue.actions.harvesting import harvest
from stoa.houses.catalogue.models import Dataset, Harvested, HarvestRun, HarvestSource, RemoteFile
from stoa.houses.catalogue.terms import RunState, State

pytestmark = pytest.mark.django_db
Follow = Callable[..., HarvestSource]


def ran(source: HarvestSource) -> HarvestRun:
    """One run, and its report."""
    harvest(city_id=source.city_id, source_id=source.pk)
    with acting_in(source.city_id):
        return HarvestRun.objects.filter(source=source).order_by("-pk")[0]


def counts(run: HarvestRun) -> tuple[int, int, int, int, int, int]:
    return run.new, run.changed, run.same, run.gone, run.refused, run.duplicates


def test_a_catalogue_comes_in_with_its_words_files_and_licence(cast: Cast, follow: Follow) -> None:
    with portal(ckan_answers(lambda: [package(n) for n in range(450)])) as there:
        run = ran(follow(there))
    assert (run.state, run.problem) == (RunState.DONE, None)
    assert (run.pages, run.found) == (3, 450)
    assert counts(run) == (450, 0, 0, 0, 0, 0)
    with acting_in(cast.city):
        card = door.dataset(city=cast.city, by=cast.principal("dora"), slug="dataset-7")
        found = door.search(city=cast.city, by=cast.principal("dora"), text="bins")
    assert (card.title["en"], card.description["en"], card.licence) == ("Dataset 7", "About 7", "CC_BY_4_0")
    assert card.origin is not None
    assert card.origin.publisher == "Works department"
    assert [(f.url, f.format) for f in card.remote_files] == [("https://files.example/7.csv", "CSV")]
    assert found.total == 450


def test_a_server_with_several_languages_is_asked_for_those_of_the_city(cast: Cast, follow: Follow) -> None:
    with portal(ckan_answers(list)) as there:
        ran(follow(there))
        ran(follow(there, title="Other", mapping={"language": "fr"}))
    assert [headers["Accept-Language"] for _path, headers in there.asked] == ["en, de", "fr, en, de"]


def test_the_second_run_takes_only_what_changed(cast: Cast, follow: Follow) -> None:
    known = [package(n) for n in range(20)]
    with portal(ckan_answers(lambda: known)) as there:
        source = follow(there)
        ran(source)
        known[3] = package(3, title="Renamed", resources=[])
        known.append(package(20))
        run = ran(source)
    assert counts(run) == (1, 1, 19, 0, 0, 0)
    with acting_in(cast.city):
        dataset = Dataset.objects.get(slug="dataset-3")
        assert dataset.title == {"en": "Renamed"}
        assert not RemoteFile.objects.filter(dataset=dataset).exists()


def test_what_vanishes_is_retired_and_comes_back_if_it_returns(cast: Cast, follow: Follow) -> None:
    known = [package(n) for n in range(12)]
    with portal(ckan_answers(lambda: known)) as there:
        source = follow(there)
        ran(source)
        lost = known.pop(4)
        run = ran(source)
        assert counts(run) == (0, 0, 11, 1, 0, 0)
        with acting_in(cast.city):
            assert Dataset.objects.get(slug="dataset-4").state == State.RETIRED
        assert counts(ran(source)) == (0, 0, 11, 0, 0, 0)
        known.append(lost)
        assert counts(ran(source)) == (0, 1, 11, 0, 0, 0)
        with acting_in(cast.city):
            assert Dataset.objects.get(slug="dataset-4").state == State.PUBLISHED


def test_when_more_than_half_vanish_nothing_is_taken_away_until_somebody_agrees(
    cast: Cast, follow: Follow
) -> None:
    known = [package(n) for n in range(12)]
    with portal(ckan_answers(lambda: known)) as there:
        source = follow(there)
        ran(source)
        del known[5:]
        run = ran(source)
    assert (run.state, run.gone) == (RunState.HELD, 7)
    with acting_in(cast.city):
        assert Dataset.objects.filter(state=State.PUBLISHED).count() == 12
        assert Notice.objects.filter(person=cast.cleo, topic="harvest.needs_you").count() == 1
        with pytest.raises(Refused, match="right_missing"):
            harvest_sources.accept_vanished(run=run, by=cast.principal("ada"))
        assert harvest_sources.accept_vanished(run=run, by=cast.principal("cleo")) == 7
        assert Dataset.objects.filter(state=State.PUBLISHED).count() == 5


def test_a_run_that_ends_early_takes_nothing_away(cast: Cast, follow: Follow) -> None:
    known = [package(n) for n in range(300)]
    answers = ckan_answers(lambda: known)
    with portal(lambda path: answers(path) if "start=0" in path or whole else (500, {}, b"")) as there:
        whole = True
        source = follow(there)
        ran(source)
        whole, known[5:10] = False, []
        run = ran(source)
    assert run.state == RunState.BROKEN
    assert run.refusal is not None
    assert run.refusal.code == "fetch.status_500"
    assert run.gone == 0
    with acting_in(cast.city):
        assert Dataset.objects.filter(state=State.PUBLISHED).count() == 300


def test_a_killed_run_goes_on_where_it_was(
    cast: Cast, follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """As if the power went."""

    keep = harvesting.keep_page
    kept = 0

    def dies(**given: Any) -> int:
        nonlocal kept
        kept += 1
        if kept == 3:
            raise Killed
        return keep(**given)

    with portal(ckan_answers(lambda: [package(n) for n in range(700)])) as there:
        source = follow(there)
        monkeypatch.setattr(harvesting, "keep_page", dies)
        with pytest.raises(Killed):
            harvest(city_id=source.city_id, source_id=source.pk)
        asked = len(there.asked)
        monkeypatch.setattr(harvesting, "keep_page", keep)
        run = ran(source)
    assert run.state == RunState.DONE
    assert counts(run) == (700, 0, 0, 0, 0, 0)
    assert [path.partition("start=")[2][:3] for path, _head in there.asked[asked:]] == ["400", "600"]
    with acting_in(cast.city):
        assert HarvestRun.objects.count() == 1


def test_a_kill_between_two_batches_of_a_page_counts_nothing_twice(
    cast: Cast, follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """As above."""

    keep = harvesting.keep_page
    left = 2

    def dies(**given: Any) -> int:
        nonlocal left
        left -= 1
        if left == 0:
            raise Killed
        return keep(**given)

    datasets = [{"identifier": f"id-{n:020d}", "title": f"T {n}", "description": "d"} for n in range(450)]
    with portal(lambda _path: {"dataset": datasets}) as there:
        source = follow(there, kind="data_json")
        monkeypatch.setattr(harvesting, "keep_page", dies)
        with pytest.raises(Killed):
            harvest(city_id=source.city_id, source_id=source.pk)
        monkeypatch.setattr(harvesting, "keep_page", keep)
        run = ran(source)
    assert (run.found, *counts(run)) == (450, 450, 0, 0, 0, 0, 0)
    assert run.notes == []


def test_two_catalogues_with_the_same_dataset_show_it_once(cast: Cast, follow: Follow) -> None:
    first, second = [package(n) for n in range(12)], [package(n) for n in range(8, 24)]
    with portal(ckan_answers(lambda: first)) as one, portal(ckan_answers(lambda: second)) as two:
        near, far = follow(one, title="Near"), follow(two, title="Far")
        ran(near)
        run = ran(far)
        assert counts(run) == (12, 0, 0, 0, 0, 4)
        assert counts(ran(far)) == (0, 0, 12, 0, 0, 4)
        del first[11:]
        ran(near)
        assert counts(ran(far)) == (1, 0, 12, 0, 0, 3)
    with acting_in(cast.city):
        assert Dataset.objects.filter(state=State.PUBLISHED).count() == 24
        assert Harvested.objects.filter(duplicate_of__isnull=False).count() == 3


def test_our_own_dataset_that_comes_back_by_another_portal_is_not_shown_twice(
    cast: Cast, follow: Follow
) -> None:
    own = published(cast)
    with portal(ckan_answers(lambda: [package(1, id=str(own.uid)), package(2)])) as there:
        run = ran(follow(there))
    assert counts(run) == (1, 0, 0, 0, 0, 1)


def test_one_page_for_everything_does_not_make_everything_the_same(cast: Cast, follow: Follow) -> None:
    page = "https://portal.example/"
    entries = [{"identifier": f"{n}", "title": f"T {n}", "landingPage": page} for n in range(3)]
    others = [{"identifier": f"x{n}", "title": f"Other {n}", "landingPage": page} for n in range(3)]
    with portal(lambda p: {"dataset": entries if p == "/one" else others}) as there:
        ran(follow(there, kind="data_json", path="/one", title="One"))
        run = ran(follow(there, kind="data_json", path="/two", title="Two"))
    assert counts(run) == (3, 0, 0, 0, 0, 0)


def test_publishers_licences_and_themes_are_mapped_as_the_steward_said(cast: Cast, follow: Follow) -> None:
    odd = package(
        1, license_id="house-rules", license_title="House rules", groups=[{"name": "odds-and-ends"}]
    )
    mapping = {
        "departments": {"works department": "roads"},
        "licences": {"House-Rules": "CC0"},
        "themes": {"odds and ends": "ENVI"},
    }
    with portal(ckan_answers(lambda: [odd])) as there:
        source = follow(there)
        run = ran(source)
        assert "house-rules" in str(run.notes)
        with acting_in(cast.city):
            assert Dataset.objects.get().licence == "OP_DATPRO"
            harvest_sources.change_source(source=source, by=cast.principal("cleo"), mapping=mapping)
        assert counts(ran(source)) == (0, 1, 0, 0, 0, 0)
    with acting_in(cast.city):
        dataset = Dataset.objects.select_related("department").get()
        assert (dataset.department.slug, dataset.licence, dataset.theme) == ("roads", "CC0", "ENVI")


def test_a_page_of_the_catalogue_is_kept_in_a_fixed_number_of_queries(
    cast: Cast, follow: Follow, django_assert_max_num_queries: Any
) -> None:
    with portal(ckan_answers(lambda: [package(n) for n in range(200)])) as there:
        source = follow(there)
        with django_assert_max_num_queries(75):
            ran(source)


def test_a_whole_document_that_did_not_change_is_not_read_again(cast: Cast, follow: Follow) -> None:
    entries = {"dataset": [{"identifier": f"id-{n}", "title": f"T {n}"} for n in range(12)]}
    with portal(lambda _path: entries) as there:
        source = follow(there, kind="data_json")
        ran(source)
        run = ran(source)
        assert (run.state, run.pages) == (RunState.DONE, 0)
        assert counts(run) == (0, 0, 12, 0, 0, 0)
    with acting_in(cast.city):
        assert Dataset.objects.filter(state=State.PUBLISHED).count() == 12


def test_a_run_leaves_one_line_in_the_audit_trail(cast: Cast, follow: Follow) -> None:
    with portal(ckan_answers(lambda: [package(n) for n in range(30)])) as there:
        ran(follow(there))
    with acting_in(cast.city):
        lines = AuditLine.objects.filter(verb="harvest.ran")
        assert [line.facts["new"] for line in lines] == [30]
        assert not AuditLine.objects.filter(verb="dataset.published").exists()


def test_only_a_steward_of_this_city_keeps_sources(cast: Cast) -> None:
    given = {"title": "X", "kind": "ckan", "url": "https://x.example", "department": cast.parks}
    with acting_in(cast.city):
        for who in ("ada", "ben", "dora", "egon"):
            with pytest.raises(Refused, match="right_missing"):
                harvest_sources.add_source(city=cast.city, by=cast.principal(who), **given)
        assert harvest_sources.add_source(city=cast.city, by=cast.principal("cleo"), **given).slug == "x"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"url": "ftp://x.example"}, "harvest.address_wrong"),
        ({"url": "https://me:secret@x.example"}, "harvest.address_wrong"),
        ({"kind": "smoke"}, "harvest.kind_unknown"),
        ({"mapping": {"licences": {"a": "NOT_OURS"}}}, "harvest.mapping_wrong"),
        ({"mapping": {"departments": {"a": "nobody"}}}, "harvest.mapping_wrong"),
    ],
)
def test_a_source_that_makes_no_sense_is_refused(cast: Cast, said: dict[str, Any], code: str) -> None:
    given = {"title": "X", "kind": "ckan", "url": "https://x.example", "department": cast.parks} | said
    with acting_in(cast.city), pytest.raises(Refused, match=code):
        harvest_sources.add_source(city=cast.city, by=cast.principal("cleo"), **given)


def test_letting_a_catalogue_go_takes_its_datasets_out(cast: Cast, follow: Follow) -> None:
    own = published(cast)
    with portal(ckan_answers(lambda: [package(n) for n in range(5)])) as there:
        source = follow(there)
        ran(source)
    with acting_in(cast.city):
        assert harvest_sources.drop_source(source=source, by=cast.principal("cleo")) == 5
        assert list(Dataset.objects.values_list("pk", flat=True)) == [own.pk]
        assert not Harvested.objects.exists()
