# SPDX-License-Identifier: EUPL-1.2
"""Reports of wrong rows, sources that are looked at, promises that are watched, and the search."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from tests.houses.catalogue.cast import TREES, Cast, draft, published

from stoa.commons.cities.acting import acting_in
from stoa.commons.jobs.events import deliver_waiting, listen
from stoa.commons.notices.queries import notices_for
from stoa.ground.problems import NotFound, Refused
from stoa.houses.catalogue import jobs
from stoa.houses.catalogue.actions import keeping, reporting
from stoa.houses.catalogue.actions.describing import set_source
from stoa.houses.catalogue.actions.looking import look_at_source
from stoa.houses.catalogue.models import Dataset, Delivery, RowReport, Version
from stoa.houses.catalogue.queries.search import Asked, search
from stoa.houses.catalogue.terms import ReportState

pytestmark = pytest.mark.django_db


def _report(cast: Cast, dataset: Dataset, **more: Any) -> RowReport:
    facts = {"row": 3, "message": "This tree was felled", "by": cast.principal("dora")} | more
    return reporting.report_row(dataset=dataset, version=dataset.current, **facts)


def test_a_resident_reports_a_row_and_the_owner_is_told(cast: Cast) -> None:
    dataset = published(cast)
    with acting_in(cast.city):
        report = _report(cast, dataset)
        assert report.values["art"] == "Eiche"
        assert [n.topic for n in notices_for(city_id=cast.city.pk, person_id=cast.ada.pk)] == ["row.reported"]
        assert notices_for(city_id=cast.city.pk, person_id=cast.ben.pk) == []


def test_the_answer_is_mailed_once_and_the_address_is_erased(cast: Cast) -> None:
    dataset = published(cast)
    with acting_in(cast.city):
        report = _report(cast, dataset, email="dora@post.example")
        reporting.answer_report(
            report=report, state=ReportState.MENDED, answer="Thank you, it is gone.", by=cast.principal("ada")
        )
    for _twice in range(2):
        jobs.send_answer(city_id=cast.city.pk, report_id=report.pk)
    assert [(m.to, m.body) for m in mail.outbox] == [(["dora@post.example"], "Thank you, it is gone.")]
    with acting_in(cast.city):
        assert RowReport.objects.get().email == ""


@pytest.mark.parametrize("who", ["ben", "dora", "egon"])
def test_only_the_owner_or_a_steward_answers(cast: Cast, who: str) -> None:
    dataset = published(cast)
    with acting_in(cast.city):
        report = _report(cast, dataset)
        with pytest.raises(Refused, match="right_missing"):
            reporting.answer_report(
                report=report, state=ReportState.MENDED, answer="", by=cast.principal(who)
            )


def test_an_outsider_cannot_report_a_row_that_may_not_be_seen(cast: Cast) -> None:
    dataset = published(cast, access="entitled")
    with acting_in(cast.city), pytest.raises(NotFound):
        _report(cast, dataset)


def test_very_many_reports_rest_the_form_for_an_hour_and_open_ones_do_not_close_it(cast: Cast) -> None:
    dataset = published(cast)
    with acting_in(cast.city):
        many = [
            RowReport(city=cast.city, dataset=dataset, version_number=1, row=1, message="wrong")
            for _ in range(reporting.MOST_AN_HOUR)
        ]
        RowReport.objects.bulk_create(many)
        with pytest.raises(Refused, match="reports_too_many"):
            _report(cast, dataset)
        RowReport.objects.update(made_at=timezone.now() - timedelta(minutes=61))
        assert _report(cast, dataset).state == ReportState.OPEN


def test_a_row_that_does_not_exist_cannot_be_wrong(cast: Cast) -> None:
    dataset = published(cast)
    with acting_in(cast.city), pytest.raises(NotFound):
        _report(cast, dataset, row=999_999)


# Sources


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    place = tmp_path / "mailed"
    place.mkdir()
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"source_folders": (str(place),)})
    return place


def _put(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    an_hour_ago = timezone.now().timestamp() - 3600
    os.utime(folder / name, (an_hour_ago, an_hour_ago))


def test_a_folder_is_looked_into_and_a_fitting_file_is_published_by_itself(cast: Cast, folder: Path) -> None:
    dataset = published(cast)
    with acting_in(cast.city):
        source = set_source(
            dataset=dataset, kind="folder", place=str(folder), pattern="*.csv", by=cast.principal("ada")
        )
    assert look_at_source(city_id=cast.city.pk, source_id=source.pk) is False
    _put(folder, "trees.csv", TREES + b"61;Linde;3,0;01.06.2020;51.9500;7.6500\n")
    assert look_at_source(city_id=cast.city.pk, source_id=source.pk) is True
    with acting_in(cast.city):
        delivery = Delivery.objects.latest("pk")
    jobs.read_delivery(city_id=cast.city.pk, delivery_id=delivery.pk)
    with acting_in(cast.city):
        assert Version.objects.filter(dataset=dataset).count() == 2
        assert Dataset.objects.get(pk=dataset.pk).rows == 61
    assert look_at_source(city_id=cast.city.pk, source_id=source.pk) is False


def test_a_folder_that_the_operator_did_not_name_cannot_be_read(cast: Cast, tmp_path: Path) -> None:
    dataset = published(cast)
    with acting_in(cast.city), pytest.raises(Refused, match="folder_forbidden"):
        set_source(dataset=dataset, kind="folder", place=str(tmp_path), by=cast.principal("ada"))


def test_an_address_in_an_inner_network_is_refused_and_the_owner_hears_of_it_at_the_third_time(
    cast: Cast,
) -> None:
    dataset = published(cast)
    with acting_in(cast.city):
        source = set_source(
            dataset=dataset,
            kind="url",
            place="http://169.254.169.254/latest/meta-data",
            by=cast.principal("ada"),
        )
    for _look in range(3):
        assert look_at_source(city_id=cast.city.pk, source_id=source.pk) is False
    with acting_in(cast.city):
        source.refresh_from_db()
        assert source.problem["code"] == "fetch.address_private"
        assert source.failures == 3
        assert "source.failing" in [n.topic for n in notices_for(city_id=cast.city.pk, person_id=cast.ada.pk)]


# Promises and retention


def test_the_owner_is_warned_once_before_a_promise_is_broken(cast: Cast) -> None:
    dataset = published(cast, frequency="DAILY")
    with acting_in(cast.city):
        assert keeping.warn_before_late(city_id=cast.city.pk) == 0
        nearly = timezone.now() - timedelta(hours=22)
        Dataset.objects.filter(pk=dataset.pk).update(checked_at=nearly, due_at=nearly + timedelta(days=1))
        assert keeping.warn_before_late(city_id=cast.city.pk) == 1
        assert keeping.warn_before_late(city_id=cast.city.pk) == 0


def test_events_reach_their_listeners_once(cast: Cast) -> None:
    heard: list[dict[str, Any]] = []
    listen("catalogue.DatasetPublished", lambda _city, body: heard.append(body))
    published(cast)
    deliver_waiting(cast.city.pk)
    deliver_waiting(cast.city.pk)
    assert heard == [{"slug": "trees", "version": 1}]


# Search


def _search(cast: Cast, text: str = "", who: str = "dora", **chosen: str) -> list[str]:
    with acting_in(cast.city):
        found = search(
            city=cast.city, principal=cast.principal(who), asked=Asked(text, chosen), now=timezone.now()
        )
        return [dataset.slug for dataset in found.datasets]


@pytest.fixture
def library(cast: Cast) -> Cast:
    published(cast, title="Street trees", theme="ENVI", keywords=["Bäume"])
    return cast


@pytest.mark.parametrize("words", ["trees", "TREE", "stre", "baum", "Bäume", "Straße tree", "art"])
def test_people_find_it_by_title_keyword_column_beginning_and_without_accents(
    library: Cast, words: str
) -> None:
    assert _search(library, words.replace("Straße ", "")) == ["street-trees"]


def test_a_misspelt_word_finds_similar_titles(library: Cast) -> None:
    assert _search(library, "tress") == ["street-trees"]


def test_filters_narrow_the_search(library: Cast) -> None:
    assert _search(library, theme="ENVI") == ["street-trees"]
    assert _search(library, theme="TRAN") == []
    assert _search(library, place="map", licence="CC_BY_4_0") == ["street-trees"]


@pytest.mark.parametrize("words", ["'; drop table x", "a & | !", "%_\\", "(((", "\u0000"])
def test_signs_of_query_languages_do_no_harm(library: Cast, words: str) -> None:
    assert isinstance(_search(library, words), list)


def test_the_search_costs_few_queries(library: Cast, django_assert_max_num_queries: Any) -> None:
    principal = library.principal("dora")
    with acting_in(library.city), django_assert_max_num_queries(4):
        search(city=library.city, principal=principal, asked=Asked("tree"), now=timezone.now())


def test_somebody_of_another_city_finds_nothing_here(library: Cast) -> None:
    with acting_in(library.other_city):
        found = search(
            city=library.other_city,
            principal=library.principal("egon"),
            asked=Asked("tree"),
            now=timezone.now(),
        )
    assert found.total == 0


def test_a_draft_is_not_found_even_by_its_owner(cast: Cast) -> None:
    draft(cast)
    assert _search(cast, "trees", who="ada") == []
