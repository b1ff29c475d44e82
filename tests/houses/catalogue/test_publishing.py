# SPDX-License-Identifier: EUPL-1.2
"""The main story: a file comes, is read, is published, changes, is rolled back; and who may do what."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.houses.catalogue.cast import TREES, Cast, deliver, draft, publish, published

from stoa.commons.audit.queries import history_of
from stoa.commons.cities.acting import acting_in
from stoa.commons.jobs.models import OutboxEvent
from stoa.commons.lake import door as lake
from stoa.commons.lake.place import layout
from stoa.commons.lake.values import Query
from stoa.commons.roles.values import NOBODY
from stoa.ground.problems import NotFound, Refused
from stoa.houses.catalogue import door
from stoa.houses.catalogue.actions import publishing
from stoa.houses.catalogue.actions.describing import describe_dataset
from stoa.houses.catalogue.models import Dataset, Delivery, QualityReport, Version
from stoa.houses.catalogue.queries.datasets import dataset_for, version_of
from stoa.houses.catalogue.terms import DeliveryState, State

pytestmark = pytest.mark.django_db
CHANGED = (
    TREES.replace(b"\n2;Linde;2,5", b"\n2;Ahorn;2,5").replace(
        b"60;Eiche;0,5;05.05.2019;51.9600;7.6600\n", b""
    )
    + b"61;Linde;3,0;01.06.2020;51.9500;7.6500\n"
)


def test_a_file_becomes_a_version_that_everybody_can_read(cast: Cast) -> None:
    dataset = published(cast)
    with acting_in(cast.city):
        found = dataset_for(city=cast.city, principal=cast.principal("dora"), slug="trees")
        assert (found.state, found.rows, found.has_map) == (State.PUBLISHED, 60, True)
        page = lake.page(layout(), found.current.ref, Query(), 5)
        assert page.total == 60
        assert [column.name for column in page.columns][:3] == ["id", "art", "hoehe"]
        assert page.rows[0][1:4] == (1, "Linde", 1.5)
    assert dataset.quality is not None


def test_the_same_content_again_makes_no_version(cast: Cast) -> None:
    dataset = published(cast)
    before = Path(layout().lake)
    again = deliver(cast, dataset)
    assert publish(cast, again, by="ada") is None
    with acting_in(cast.city):
        assert Delivery.objects.get(pk=again.pk).state == DeliveryState.UNCHANGED
        assert Version.objects.count() == 1
    assert len(list(before.rglob("data.parquet"))) == 1


def test_what_changed_between_two_versions_is_told_row_by_row(cast: Cast) -> None:
    dataset = published(cast)
    publish(cast, deliver(cast, dataset, CHANGED), by="ada", note="One felled, one planted, one renamed")
    with acting_in(cast.city):
        old, new = (version_of(dataset, NOBODY, number=n) for n in (1, 2))
        changes = lake.compare(layout(), old.ref, new.ref, limit=10, offset=0)
    assert changes.by_key == ("id",)
    assert (changes.added, changes.removed, changes.changed, changes.same) == (1, 1, 1, 58)
    assert changes.changed_by_column == {"art": 1}


def test_a_steward_rolls_back_and_nothing_leaves_the_history(cast: Cast) -> None:
    dataset = published(cast)
    publish(cast, deliver(cast, dataset, CHANGED), by="ada")
    with acting_in(cast.city):
        back = publishing.roll_back(
            dataset=dataset, number=1, by=cast.principal("cleo"), reason="The new file was a test"
        )
        assert back.number == 3
        assert Dataset.objects.get(pk=dataset.pk).current_id == back.pk
        assert lake.page(layout(), back.ref, Query(), 3).rows[1][2] == "Linde"
        verbs = [line.verb for line in history_of(city_id=cast.city.pk, thing="dataset", thing_id="trees")]
    assert verbs[:2] == ["dataset.rolled_back", "dataset.published"]


@pytest.mark.parametrize("who", ["ada", "ben", "dora", "egon"])
def test_only_a_steward_publishes_a_first_time(cast: Cast, who: str) -> None:
    delivery = deliver(cast, draft(cast))
    with pytest.raises(Refused) as refusal:
        publish(cast, delivery, by=who)
    assert refusal.value.problem.code == "catalogue.right_missing"
    with acting_in(cast.city):
        assert not Version.objects.exists()


@pytest.mark.parametrize("who", ["ben", "dora", "egon"])
def test_nobody_but_the_owner_or_a_steward_brings_an_update(cast: Cast, who: str) -> None:
    dataset = published(cast)
    with pytest.raises(Refused, match="right_missing"):
        deliver(cast, dataset, CHANGED, by=who)


def test_an_outsider_knows_nothing_of_a_draft_and_the_owner_does(cast: Cast) -> None:
    draft(cast)
    with acting_in(cast.city):
        assert dataset_for(city=cast.city, principal=cast.principal("ada"), slug="trees").slug == "trees"
        for who in ("ben", "dora", "egon"):
            with pytest.raises(NotFound):
                dataset_for(city=cast.city, principal=cast.principal(who), slug="trees")


def test_a_dataset_without_description_is_refused_with_what_to_do(cast: Cast) -> None:
    delivery = deliver(cast, draft(cast, description={}))
    with pytest.raises(Refused) as refusal:
        publish(cast, delivery)
    assert [problem.code for problem in refusal.value.problems] == ["catalogue.description_missing"]


PEOPLE = b"id;name;mail\n1;Anna;anna.alt@post.example.org\n2;Bert;bert.bau@post.example.org\n3;Cem;cem.can@post.example.org\n"


def test_personal_data_is_not_published_open(cast: Cast) -> None:
    delivery = deliver(cast, draft(cast, title="People"), PEOPLE)
    with pytest.raises(Refused) as refusal:
        publish(cast, delivery)
    assert "catalogue.personal_data" in [problem.code for problem in refusal.value.problems]


def test_a_steward_releases_personal_data_by_name_and_with_a_reason(cast: Cast) -> None:
    dataset = draft(cast, title="People")
    delivery = deliver(cast, dataset, PEOPLE)
    found = delivery.inspection.personal
    with acting_in(cast.city):
        for column, findings in found.items():
            kinds = [str(finding.kind) for finding in findings]
            with pytest.raises(Refused, match="reason_missing"):
                publishing.release_personal(
                    dataset=dataset, column=column, kinds=kinds, reason=" ", by=cast.principal("cleo")
                )
            with pytest.raises(Refused, match="right_missing"):
                publishing.release_personal(
                    dataset=dataset,
                    column=column,
                    kinds=kinds,
                    reason="They agreed",
                    by=cast.principal("ada"),
                )
            publishing.release_personal(
                dataset=dataset, column=column, kinds=kinds, reason="They agreed", by=cast.principal("cleo")
            )
    assert publish(cast, delivery) is not None


def test_personal_data_may_be_dropped_instead(cast: Cast) -> None:
    dataset = draft(cast, title="People")
    drop = {"columns": {"mail": {"treatment": "drop"}, "name": {"treatment": "drop"}}}
    version = publish(cast, deliver(cast, dataset, PEOPLE, choices=drop))
    assert version is not None
    assert [column.name for column in version.specs] == ["id"]


def test_a_file_that_drifts_from_the_agreed_recipe_is_held_and_nothing_changes(cast: Cast) -> None:
    dataset = published(cast)
    drifted = deliver(cast, dataset, TREES.replace(b"id;art;hoehe", b"id;art;umfang"))
    assert drifted.state == DeliveryState.HELD
    assert drifted.inspection.drift
    with acting_in(cast.city):
        assert Version.objects.count() == 1
        assert OutboxEvent.objects.filter(name="catalogue.DeliveryHeld").exists()


def test_half_the_rows_gone_is_a_drift(cast: Cast) -> None:
    dataset = published(cast)
    half = b"\n".join(TREES.split(b"\n")[:20]) + b"\n"
    assert [p.code for p in deliver(cast, dataset, half).inspection.drift] == ["drift.rows_halved"]


def test_a_file_that_is_no_table_is_refused_in_words(cast: Cast) -> None:
    delivery = deliver(cast, draft(cast), b"\x89PNG\r\n\x1a\n" + bytes(200), name="trees.csv")
    assert delivery.state == DeliveryState.REFUSED
    assert str(delivery.refusal.what)
    assert str(delivery.refusal.do)


def test_a_published_dataset_cannot_lose_its_description(cast: Cast) -> None:
    dataset = published(cast)
    with acting_in(cast.city), pytest.raises(Refused, match="description_missing"):
        describe_dataset(dataset=dataset, by=cast.principal("ada"), description={})


def test_every_version_has_a_quality_report_with_its_reasons(cast: Cast) -> None:
    published(cast)
    with acting_in(cast.city):
        report = QualityReport.objects.get()
    assert report.validity == 100
    assert report.openness == 100
    assert set(report.sayings) == {
        "completeness",
        "validity",
        "uniqueness",
        "timeliness",
        "openness",
        "documentation",
    }
    assert all(report.sayings.values())


def test_filters_of_an_earlier_day_are_read_by_the_columns_of_that_day(cast: Cast) -> None:
    published(cast)
    with acting_in(cast.city):
        version = Version.objects.get()
        before = {**version.columns[0], "name": "former", "label": "Former"}
        fields = {
            f.attname: getattr(version, f.attname) for f in Version._meta.concrete_fields if not f.primary_key
        }
        Version.objects.filter(pk=version.pk).update(number=2)
        old = timezone.now() - timedelta(days=9)
        Version.objects.create(**(fields | {"columns": [before], "made_at": old}))
        ask = {
            "city": cast.city,
            "by": cast.principal("dora"),
            "slug": "trees",
            "pairs": [("f.former.is", "1")],
        }
        assert door.question(**ask, on=timezone.now() - timedelta(days=1)).filters[0].column == "former"
        with pytest.raises(Refused, match="column_unknown"):
            door.question(**ask)


def test_a_retired_dataset_stays_readable_and_can_come_back(cast: Cast) -> None:
    dataset = published(cast)
    with acting_in(cast.city):
        publishing.retire_dataset(dataset=dataset, by=cast.principal("cleo"), reason="Replaced")
        assert (
            dataset_for(city=cast.city, principal=cast.principal("dora"), slug="trees").state == State.RETIRED
        )
        Dataset.objects.filter(pk=dataset.pk).update(licence="")
        with pytest.raises(Refused, match="licence_missing"):
            publishing.restore_dataset(dataset=dataset, by=cast.principal("cleo"))
        Dataset.objects.filter(pk=dataset.pk).update(licence="CC0")
        publishing.restore_dataset(dataset=dataset, by=cast.principal("cleo"))
        assert Dataset.objects.get(pk=dataset.pk).state == State.PUBLISHED
