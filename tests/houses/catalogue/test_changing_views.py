# SPDX-License-Identifier: EUPL-1.2
"""A kept question is changed: by whom, what becomes of its answer, its sources and what was released of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.houses.catalogue.cast import Cast, deliver, draft, publish, published
from tests.houses.catalogue.test_stories import get, post
from tests.houses.catalogue.test_views import BY_KIND, published_view, refreshed, save

from stoa.commons.audit.models import AuditLine
from stoa.commons.cities.acting import acting_in
from stoa.ground.problems import Refused
from stoa.houses.catalogue import jobs
from stoa.houses.catalogue.actions import saving
from stoa.houses.catalogue.actions.changing_views import change_question
from stoa.houses.catalogue.actions.describing import describe_dataset
from stoa.houses.catalogue.actions.publishing import release_personal
from stoa.houses.catalogue.models import Dataset, Delivery, Lineage, PersonalRelease, SavedQuery, Version
from stoa.houses.catalogue.rules.lineage import would_loop
from stoa.houses.catalogue.terms import DeliveryState

OAKS = "SELECT art, count(*) AS anzahl FROM trees WHERE art = 'Eiche' GROUP BY art"


def change(cast: Cast, view: Dataset, statement: str, who: str = "ada") -> bool:
    with acting_in(cast.city):
        found = Dataset.objects.select_related("city", "department").get(pk=view.pk)
        return change_question(dataset=found, statement=statement, by=cast.principal(who))


def answered(cast: Cast, view: Dataset) -> Delivery:
    """What the jobs do after a change: answer, read, and publish what fits."""
    assert saving.refresh_view(city_id=cast.city.pk, dataset_id=view.pk)
    with acting_in(cast.city):
        newest = Delivery.objects.filter(dataset=view).latest("pk")
    jobs.read_delivery(city_id=cast.city.pk, delivery_id=newest.pk)
    with acting_in(cast.city):
        return Delivery.objects.select_related("dataset").get(pk=newest.pk)


def test_the_answer_to_the_changed_question_is_the_next_version(cast: Cast) -> None:
    published(cast)
    view = published_view(cast)
    assert change(cast, view, "SELECT upper(art) AS art, count(*) AS anzahl FROM trees GROUP BY ALL")
    assert answered(cast, view).state == DeliveryState.PUBLISHED
    with acting_in(cast.city):
        assert list(Version.objects.filter(dataset=view).order_by("number").values_list("number", "rows")) == [
            (1, 2), (2, 2),
        ]  # fmt: skip
        line = AuditLine.objects.get(verb="view.changed")
    assert (line.by_name, line.facts["sources"]) == ("Ada", ["trees"])


def test_an_answer_with_other_columns_waits_for_a_person(cast: Cast) -> None:
    """Programs of others read these columns: taking one away is never done by itself."""
    published(cast)
    view = published_view(cast)
    change(cast, view, "SELECT art, max(hoehe) AS hoechste FROM trees GROUP BY art")
    held = answered(cast, view)
    assert held.state == DeliveryState.HELD
    assert publish(cast, held, by="ada") is not None
    with acting_in(cast.city):
        newest = Version.objects.filter(dataset=view).latest("number")
    assert [spec.label for spec in newest.specs] == ["art", "hoechste"]


def test_a_changed_question_is_made_from_what_it_names_now(cast: Cast) -> None:
    published(cast)
    published(cast, b"art;preis\nEiche;12\nLinde;9\n", title="Prices")
    view = published_view(cast)
    change(cast, view, "SELECT art, preis FROM prices")
    with acting_in(cast.city):
        assert {line.source.slug for line in Lineage.objects.filter(dataset=view)} == {"prices"}
        saved = SavedQuery.objects.get(dataset=view)
    assert (saved.statement, saved.failures) == ("SELECT art, preis FROM prices", 0)


def test_an_answer_on_its_way_to_the_old_question_is_not_handed_in(cast: Cast) -> None:
    published(cast)
    view = published_view(cast)
    with acting_in(cast.city):
        old = SavedQuery.objects.select_related("dataset__city", "dataset__department").get(dataset=view)
        before = Delivery.objects.filter(dataset=view).count()
    change(cast, view, OAKS)
    with acting_in(cast.city):
        saving._hand_in(old, Path("the-file-of-the-old-answer"))
        assert Delivery.objects.filter(dataset=view).count() == before


def test_the_same_question_again_changes_nothing(cast: Cast) -> None:
    published(cast)
    view = save(cast)
    assert not change(cast, view, BY_KIND)
    with acting_in(cast.city):
        assert not AuditLine.objects.filter(verb="view.changed").exists()


def test_a_view_is_never_made_from_itself_whatever_lies_between(cast: Cast) -> None:
    published(cast)
    view = published_view(cast)
    with acting_in(cast.city):
        second = saving.save_query(
            city=cast.city, department=cast.parks, title={"en": "Second"}, by=cast.principal("ada"),
            statement="SELECT * FROM trees_by_kind", description={"en": "Of the first."}, licence="CC_BY_4_0",
        )  # fmt: skip
    publish(cast, refreshed(cast, second))
    for statement in ("SELECT * FROM trees_by_kind", "SELECT * FROM second"):
        with pytest.raises(Refused) as refused:
            change(cast, view, statement)
        assert refused.value.problem.code == "sql.view_from_itself"
    with acting_in(cast.city):
        assert {line.source.slug for line in Lineage.objects.filter(dataset=view)} == {"trees"}


def test_a_wrong_or_too_closed_question_leaves_the_old_one(cast: Cast) -> None:
    published(cast)
    published(cast, b"art;preis\nEiche;12\nLinde;9\n", title="Prices", access="internal")
    view = published_view(cast)
    for statement, code in (
        ("SELECT height FROM trees", "sql.statement_wrong"),
        ("SELECT 1 AS one", "sql.view_without_source"),
        ("SELECT art FROM prices", "sql.view_too_open"),
    ):
        with pytest.raises(Refused) as refused:
            change(cast, view, statement)
        assert refused.value.problem.code == code
    with acting_in(cast.city):
        assert SavedQuery.objects.get(dataset=view).statement == BY_KIND


@pytest.mark.parametrize("who", ["ben", "dora", "egon"])
def test_who_does_not_look_after_it_changes_nothing(cast: Cast, who: str) -> None:
    published(cast)
    view = save(cast)
    with pytest.raises(Refused) as refused:
        change(cast, view, OAKS, who)
    assert refused.value.problem.code == "catalogue.right_missing"


def test_what_was_released_of_the_old_answer_is_not_released_in_the_new_one(cast: Cast) -> None:
    people = b"nr;email\n" + b"".join(b"%d;person%d@firm.example\n" % (n, n) for n in range(1, 40))
    source = draft(cast, title="Contacts")
    delivery = deliver(cast, source, people)
    with acting_in(cast.city):
        release_personal(
            dataset=source, column="email", kinds=["email"], reason="They asked", by=cast.principal("cleo")
        )
    publish(cast, delivery)
    view = save(cast, statement="SELECT nr, email FROM contacts WHERE nr < 20")
    with acting_in(cast.city):
        release_personal(
            dataset=view, column="email", kinds=["email"], reason="These twenty", by=cast.principal("cleo")
        )
    publish(cast, refreshed(cast, view))
    change(cast, view, "SELECT nr, email FROM contacts")
    waits = answered(cast, view)
    assert waits.state == DeliveryState.READY
    assert waits.problem is not None
    assert waits.problem["code"] == "catalogue.personal_data"
    with acting_in(cast.city):
        assert not PersonalRelease.objects.filter(dataset=view).exists()
        assert Version.objects.filter(dataset=view).count() == 1


def test_the_owner_changes_question_title_and_description_on_one_page(cast: Cast) -> None:
    published(cast)
    save(cast)
    page = "/desk/datasets/trees-by-kind/question"
    assert get(cast, page, "ada").status_code == 200
    assert b"question" in get(cast, "/desk/datasets/trees-by-kind", "ada").content
    sent = {"title_en": "Oaks", "title_de": "Eichen", "description_en": "Only oaks.", "statement": OAKS}
    wrong = post(cast, page, "ada", **(sent | {"statement": "SELECT x FROM trees"}))
    assert (wrong.status_code, b"at letter 8" in wrong.content) == (422, True)
    with acting_in(cast.city):
        assert Dataset.objects.get(slug="trees-by-kind").title == {"en": "Trees by kind"}
    assert post(cast, page, "ada", **sent)["Location"] == "/c/here/desk/datasets/trees-by-kind"
    with acting_in(cast.city):
        found = Dataset.objects.get(slug="trees-by-kind")
        assert found.title == {"en": "Oaks", "de": "Eichen"}
        assert found.description == {"en": "Only oaks."}
        assert SavedQuery.objects.get(dataset=found).statement == OAKS
    assert get(cast, page, "ben").status_code == 404
    assert get(cast, "/desk/datasets/trees/question", "ada").status_code == 404


EDGES = st.dictionaries(st.integers(0, 6), st.lists(st.integers(0, 6), max_size=3), max_size=7)


@given(st.integers(0, 6), st.lists(st.integers(0, 6), max_size=3), EDGES)
def test_a_loop_is_found_exactly_when_there_is_one(
    view: int, sources: list[int], made_from: dict[int, list[int]]
) -> None:
    """The oracle: the closure of the relation, by repeated squaring of what can be reached."""
    reach = {one: set(made_from.get(one, ())) for one in range(7)} | {-1: set(sources)}
    for _ in range(8):
        reach = {one: seen | {far for near in seen for far in reach[near]} for one, seen in reach.items()}
    assert would_loop(view, sources, made_from) == (view in reach[-1])


@pytest.mark.parametrize("state", ["draft", "published"])
def test_a_view_is_not_opened_as_long_as_a_source_of_it_is_closed(cast: Cast, state: str) -> None:
    published(cast, access="internal")
    made = save if state == "draft" else published_view
    view = made(cast, access="internal")
    with acting_in(cast.city):
        found = Dataset.objects.select_related("city", "department").get(pk=view.pk)
        with pytest.raises(Refused) as refused:
            describe_dataset(dataset=found, by=cast.principal("cleo"), access="open")
        assert refused.value.problem.code == "sql.view_too_open"
        assert Dataset.objects.get(pk=view.pk).access == "internal"
