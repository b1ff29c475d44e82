# SPDX-License-Identifier: EUPL-1.2
"""A question kept as a dataset: who may keep it, how closed it must be, and how it follows its sources."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.houses.catalogue.cast import TREES, Cast, deliver, draft, publish, published

from stoa.commons.cities.acting import acting_in
from stoa.commons.jobs.events import deliver_waiting
from stoa.commons.notices.models import Notice
from stoa.ground.problems import Refused
from stoa.houses.catalogue.actions import delivering, saving
from stoa.houses.catalogue.actions.describing import describe_dataset
from stoa.houses.catalogue.actions.publishing import publish_delivery
from stoa.houses.catalogue.door import sql
from stoa.houses.catalogue.models import Dataset, Delivery, Lineage, SavedQuery, Version
from stoa.houses.catalogue.queries.lineage import lineage_of
from stoa.houses.catalogue.rules.lineage import SourceFacts, common_licence, least_closed, objections
from stoa.houses.catalogue.terms import Access, DeliveryState, State

BY_KIND = "SELECT art, count(*) AS anzahl FROM trees GROUP BY art ORDER BY art"


def save(cast: Cast, who: str = "ada", statement: str = BY_KIND, **more: Any) -> Dataset:
    department = more.pop("department", cast.parks)
    said = {"description": {"en": "How many of each kind."}, "licence": "CC_BY_4_0"} | more
    with acting_in(cast.city):
        return saving.save_query(
            city=cast.city,
            department=department,
            title={"en": "Trees by kind"},
            statement=statement,
            by=cast.principal(who),
            **said,
        )


def refreshed(cast: Cast, dataset: Dataset) -> Delivery:
    """What the jobs would do: answer, read, and publish where it publishes itself."""
    assert saving.refresh_view(city_id=cast.city.pk, dataset_id=dataset.pk)
    with acting_in(cast.city):
        newest = Delivery.objects.filter(dataset=dataset).latest("pk")
    delivering.read_delivery(city_id=cast.city.pk, delivery_id=newest.pk)
    with acting_in(cast.city):
        return Delivery.objects.select_related("dataset").get(pk=newest.pk)


def published_view(cast: Cast, **more: Any) -> Dataset:
    view = save(cast, **more)
    delivery = refreshed(cast, view)
    assert delivery.problem is None
    assert publish(cast, delivery) is not None
    with acting_in(cast.city):
        return Dataset.objects.get(pk=view.pk)


def test_a_question_becomes_a_draft_and_then_a_dataset_like_any_other(cast: Cast) -> None:
    published(cast)
    view = save(cast)
    assert view.state == State.DRAFT
    delivery = refreshed(cast, view)
    assert delivery.state == DeliveryState.READY
    assert publish(cast, delivery) is not None
    with acting_in(cast.city):
        answer = sql.run(
            city=cast.city, by=cast.principal("dora"), statement="SELECT * FROM trees_by_kind ORDER BY art"
        )
    assert answer.rows == (("Eiche", 20), ("Linde", 40))


def test_an_officer_cannot_publish_a_view_a_first_time_without_the_steward(cast: Cast) -> None:
    published(cast)
    delivery = refreshed(cast, save(cast))
    with pytest.raises(Refused) as refused:
        publish(cast, delivery, by="ada")
    assert refused.value.problem.code == "catalogue.right_missing"


def test_lineage_is_known_both_ways_and_only_of_what_the_reader_may_know(cast: Cast) -> None:
    trees = published(cast)
    view = published_view(cast)
    with acting_in(cast.city):
        dora = cast.principal("dora")
        assert [d.slug for d in lineage_of(dataset=view, principal=dora).made_from] == ["trees"]
        assert [d.slug for d in lineage_of(dataset=trees, principal=dora).used_by] == ["trees-by-kind"]
        Dataset.objects.filter(pk=view.pk).update(access=Access.INTERNAL)
        assert lineage_of(dataset=trees, principal=dora).used_by == ()
        assert lineage_of(dataset=trees, principal=cast.principal("ada")).used_by != ()


def test_places_and_kinds_survive_the_way_into_a_dataset(cast: Cast) -> None:
    published(cast)
    view = published_view(
        cast, statement="SELECT id, art, hoehe, gepflanzt, geometry FROM trees WHERE art = 'Eiche'"
    )
    with acting_in(cast.city):
        version = Version.objects.get(dataset=view)
    assert version.geometry_types == ["Point"]
    assert version.rows == 20
    assert [str(spec.kind) for spec in version.specs] == ["integer", "text", "number", "date"]


def test_a_new_version_of_a_source_brings_a_new_version_of_the_view(cast: Cast) -> None:
    trees = published(cast)
    view = published_view(cast)
    with acting_in(cast.city):
        deliver_waiting(cast.city.pk)
        from procrastinate.contrib.django.models import ProcrastinateJob

        before = ProcrastinateJob.objects.filter(task_name="catalogue.refresh_view").count()
    more = TREES + b"61;Ahorn;3,5;01.05.2019;51.9;7.6\n"
    publish(cast, deliver(cast, trees, more))
    with acting_in(cast.city):
        deliver_waiting(cast.city.pk)
        jobs = ProcrastinateJob.objects.filter(task_name="catalogue.refresh_view")
        assert jobs.filter(args={"city_id": cast.city.pk, "dataset_id": view.pk}).exists()
        assert before <= jobs.count() <= before + 1
    delivery = refreshed(cast, view)
    with acting_in(cast.city):
        version = publish_delivery(delivery=delivery, by=cast.principal("ada"))
    assert version is not None
    assert (version.number, version.rows) == (2, 3)


def test_an_answer_that_stayed_the_same_makes_no_version(cast: Cast) -> None:
    published(cast)
    view = published_view(cast)
    delivery = refreshed(cast, view)
    with acting_in(cast.city):
        assert publish_delivery(delivery=delivery, by=cast.principal("ada")) is None


def test_the_source_of_a_view_stays_the_one_it_was_saved_with(cast: Cast) -> None:
    """A dataset that later gets the name by which the question calls its source changes nothing."""
    published(cast)
    view = published_view(cast)
    with acting_in(cast.city):
        Dataset.objects.filter(slug="trees").update(slug="trees-old")
    published(cast, b"art;anzahl\nPalme;1\nFichte;2\n", title="Trees")
    assert refreshed(cast, view).inspection.rows == 2  # type: ignore[union-attr]
    with acting_in(cast.city):
        assert {line.source.slug for line in Lineage.objects.filter(dataset=view)} == {"trees-old"}


@pytest.mark.parametrize("access", ["entitled", "on_request", "internal"])
def test_the_answer_is_never_more_open_than_its_source(cast: Cast, access: str) -> None:
    published(cast, access=access)
    with pytest.raises(Refused) as refused:
        save(cast)
    assert refused.value.problem.code == "sql.view_too_open"
    assert save(cast, access=access).access == access


def test_a_closed_source_cannot_be_carried_into_another_department(cast: Cast) -> None:
    published(cast, access="internal")
    with pytest.raises(Refused) as refused:
        save(cast, "cleo", department=cast.roads, access="internal")
    assert refused.value.problem.code == "sql.view_department_other"


def test_a_source_that_was_closed_later_stops_the_view_and_the_owner_is_told_once(cast: Cast) -> None:
    trees = published(cast)
    view = published_view(cast)
    with acting_in(cast.city):
        Dataset.objects.filter(pk=trees.pk).update(access=Access.INTERNAL)
    for _ in range(2):
        assert not saving.refresh_view(city_id=cast.city.pk, dataset_id=view.pk)
    with acting_in(cast.city):
        saved = SavedQuery.objects.get(dataset=view)
        assert saved.problem["code"] == "sql.view_too_open"
        assert saved.failures == 2
        told = Notice.objects.filter(topic="view.failing")
        assert [notice.person.name for notice in told] == ["Ada"]


def test_closing_a_source_closes_at_once_what_was_made_from_it(cast: Cast) -> None:
    trees = published(cast)
    view = published_view(cast)
    with acting_in(cast.city):
        trees = Dataset.objects.select_related("department").get(pk=trees.pk)
        describe_dataset(dataset=trees, by=cast.principal("ada"), access=Access.ENTITLED)
        assert Dataset.objects.get(pk=view.pk).access == Access.ENTITLED
        with pytest.raises(Refused) as refused:
            sql.run(city=cast.city, by=cast.principal("dora"), statement="SELECT * FROM trees_by_kind")
        assert refused.value.problem.code == "sql.table_unknown"


def test_a_question_that_breaks_is_told_to_the_owner_and_the_old_answer_stays(cast: Cast) -> None:
    trees = published(cast)
    view = published_view(cast)
    publish(cast, deliver(cast, draft(cast, title="Other"), TREES))
    with acting_in(cast.city):
        SavedQuery.objects.filter(dataset=view).update(statement="SELECT height FROM trees")
        assert not saving.refresh_view(city_id=cast.city.pk, dataset_id=view.pk)
        saved = SavedQuery.objects.get(dataset=view)
        assert saved.problem["code"] == "sql.statement_wrong"
        assert Dataset.objects.get(pk=view.pk).state == State.PUBLISHED
    assert trees.pk != view.pk


def test_personal_data_in_an_answer_is_found_before_it_is_published(cast: Cast) -> None:
    people = b"nr;email\n" + b"".join(b"%d;person%d@firm.example\n" % (n, n) for n in range(1, 40))
    source = draft(cast, title="Contacts")
    delivery = deliver(cast, source, people)
    with acting_in(cast.city):
        from stoa.houses.catalogue.actions.publishing import release_personal

        release_personal(
            dataset=source,
            column="email",
            kinds=["email"],
            reason="They asked for it",
            by=cast.principal("cleo"),
        )
    publish(cast, delivery)
    view = save(cast, statement="SELECT nr, email FROM contacts")
    found = refreshed(cast, view)
    assert found.inspection is not None
    assert "email" in found.inspection.personal
    with pytest.raises(Refused) as refused:
        publish(cast, found)
    assert refused.value.problem.code == "catalogue.personal_data"


def test_who_may_not_read_a_source_may_not_save_a_question_about_it(cast: Cast) -> None:
    published(cast, access="internal")
    with pytest.raises(Refused) as refused:
        save(cast, "ben", department=cast.roads, access="internal")
    assert refused.value.problem.code == "sql.table_unknown"


@pytest.mark.parametrize("who", ["dora", "egon", "ben"])
def test_who_has_no_right_in_the_department_saves_nothing(cast: Cast, who: str) -> None:
    published(cast)
    with pytest.raises(Refused) as refused:
        save(cast, who)
    assert refused.value.problem.code == "catalogue.right_missing"


def test_a_question_about_nothing_is_no_view(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        save(cast, statement="SELECT 1 AS a")
    assert refused.value.problem.code == "sql.view_without_source"


ORDER = ["open", "entitled", "on_request", "internal"]
SOURCES = st.lists(
    st.builds(SourceFacts, st.just("s"), st.sampled_from(Access), st.integers(1, 3)), max_size=4
)


@given(st.sampled_from(Access), st.integers(1, 3), SOURCES)
def test_a_view_never_shows_anybody_more_than_its_sources_do(
    access: Access, department: int, sources: list[SourceFacts]
) -> None:
    """The oracle: every kind of reader, one by one."""

    def reads(reader: str, what: Access, of: int) -> bool:
        inside = reader.startswith("inside")
        if what == "open" or (what == "entitled" and inside):
            return True
        return reader == f"inside{of}"

    readers = ["outside", "inside", "inside1", "inside2", "inside3"]
    harmless = all(
        not reads(reader, access, department)
        or all(reads(reader, s.access, s.department_id) for s in sources)
        for reader in readers
    )
    if not objections(access, department, sources):
        assert harmless
    assert least_closed(sources) == max((s.access for s in sources), key=ORDER.index, default="open")


def test_a_licence_is_only_common_where_all_agree() -> None:
    assert [common_licence(c) for c in (["CC0", "CC0"], ["CC0", "CC_BY_4_0"], [])] == ["CC0", "", ""]
