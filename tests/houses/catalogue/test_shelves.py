# SPDX-License-Identifier: EUPL-1.2
"""Searches from memory: the same answers as the database's, never older than it, and never more than everybody may see."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from tests.houses.catalogue.cast import Cast, make_cast

from stoa.commons.cities.acting import acting_in
from stoa.houses.catalogue.actions.indexing import index_dataset
from stoa.houses.catalogue.models import Dataset, Generation
from stoa.houses.catalogue.queries import search as searching
from stoa.houses.catalogue.queries.search import Asked, Found
from stoa.houses.catalogue.queries.shelves import shelves
from stoa.houses.catalogue.terms import Access

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime.now(UTC)
WORDS = ("Bäume", "Radwege", "Haushalt", "Spielplätze")


def put(cast: Cast, seed: int, **said: Any) -> Dataset:
    """A published description; its rows would stand elsewhere."""
    pick = random.Random(seed)
    facts: dict[str, Any] = {
        "slug": f"set-{seed}",
        "title": {"en": f"Set {seed}", "de": f"{pick.choice(WORDS)} {pick.choice(WORDS)} {seed % 7 + 2018}"},
        "department": pick.choice([cast.parks, cast.roads]),
        "theme": pick.choice(["ENVI", "TRAN"]),
        "licence": pick.choice(["CC0", "CC_BY_4_0"]),
        "format": pick.choice(["csv", "xlsx", ""]),
        "spatial": pick.choice(["", "Nord", "Süd"]),
        "access": pick.choice([Access.OPEN, Access.OPEN, Access.ON_REQUEST, Access.INTERNAL]),
        "frequency": pick.choice(["NEVER", "DAILY", "UNKNOWN"]),
        "late_at": pick.choice([None, NOW - timedelta(hours=3), NOW + timedelta(hours=3)]),
        "updated_at": NOW - timedelta(hours=pick.randrange(5)),
        "quality": pick.choice([None, 40, 70]),
        "has_map": pick.random() < 0.4,
        "rows": pick.choice([0, 10]),
    }
    dataset = Dataset.objects.create(
        city=cast.city, is_remote=True, state="published", published_at=NOW, **(facts | said)
    )
    index_dataset(dataset)
    return dataset


@pytest.fixture
def town() -> Any:
    shelves.clear()
    cast = make_cast()
    with acting_in(cast.city):
        for seed in range(40):
            put(cast, seed)
    yield cast
    shelves.clear()


def by_shelf(cast: Cast, **asked: Any) -> Found | None:
    with acting_in(cast.city):
        return searching.search_by_shelf(city=cast.city, asked=Asked(**asked), now=NOW)


def answered(found: Found | None) -> Any:
    assert found is not None
    slugs = [dataset.slug for dataset in found.datasets]
    return slugs, found.total, found.pages, {k: list(v) for k, v in found.facets.items()}


def test_every_answer_is_the_one_that_the_database_gives(town: Cast) -> None:
    pick = random.Random(3)
    for _ in range(40):
        chosen = {
            "theme": pick.choice(["", "ENVI", "HEAL"]),
            "place": pick.choice(["", "map", "table"]),
            "freshness": pick.choice(["", "late", "fresh", "ended", "no_promise"]),
            "department": pick.choice(["", "", str(town.parks.pk), "nonsense"]),
            "access": pick.choice(["", "open"]),
        }
        text = pick.choice(["", "", "Bäume", "baum rad", "Haushalt 2020", "spielpl"])
        order = pick.choice(["", "relevance", "newest", "title", "quality", "odd"])
        asked: dict[str, Any] = {
            "text": text,
            "chosen": chosen,
            "order": order,
            "page": pick.choice([1, 1, 2]),
        }
        quick = by_shelf(town, **asked)
        assert quick is not None
        if quick.is_guess or (text and not quick.total):
            continue
        if chosen["department"] == "nonsense":
            assert quick.total == 0
            continue
        with acting_in(town.city):
            slow = searching.search_by_sql(
                city=town.city, principal=town.principal("dora"), asked=Asked(**asked), now=NOW
            )
        assert answered(quick) == answered(slow)


def test_what_was_changed_is_found_as_soon_as_it_is_committed(town: Cast, monkeypatch: Any) -> None:
    from stoa.houses.catalogue.queries import shelves as module

    monkeypatch.setattr(module, "REST", 0)
    before = by_shelf(town, text="")
    assert before is not None
    with acting_in(town.city):
        put(town, 1000, access=Access.OPEN, title={"de": "Wochenmarkt"})
    after = by_shelf(town, text="")
    assert after is not None
    assert after.total == before.total + 1
    assert answered(by_shelf(town, text="Wochenmarkt"))[0] == ["set-1000"]
    with acting_in(town.city):
        Dataset.objects.filter(slug="set-1000").update(access=Access.INTERNAL)
    assert answered(by_shelf(town, text=""))[1] == before.total
    assert answered(by_shelf(town, text="Wochenmarkt"))[1] == 0
    assert answered(by_shelf(town, text="Wochenmarxt"))[1] == 0
    with acting_in(town.city):
        Dataset.objects.filter(slug="set-1000").delete()
    assert answered(by_shelf(town, text=""))[1] == before.total


def test_a_shelf_is_not_made_again_and_again_while_a_catalogue_changes_all_the_time(town: Cast) -> None:
    assert by_shelf(town, text="") is not None
    kept = next(iter(shelves._kept.values()))
    kept.seconds = 1000.0
    with acting_in(town.city):
        put(town, 1001, access=Access.OPEN, updated_at=NOW + timedelta(hours=1))
    assert by_shelf(town, text="") is None
    with acting_in(town.city):
        dora = town.principal("dora")
        found = searching.search(city=town.city, principal=dora, asked=Asked(), now=NOW)
    assert found.datasets[0].slug == "set-1001"
    # A transaction sees what it wrote itself, and nobody else does.
    with acting_in(town.city):
        put(town, 1002, access=Access.OPEN, updated_at=NOW + timedelta(hours=2))
        found = searching.search(city=town.city, principal=dora, asked=Asked(), now=NOW)
        assert found.datasets[0].slug == "set-1002"
        transaction.set_rollback(True)
    kept.seconds = 0.0
    assert answered(by_shelf(town, text=""))[0][0] == "set-1001"


def number(cast: Cast) -> int:
    with acting_in(cast.city):
        return Generation.objects.get().number


def test_a_catalogue_counts_its_own_changes_once_a_transaction_and_no_others(town: Cast) -> None:
    first = number(town)
    with acting_in(town.city):
        Dataset.objects.update(theme="HEAL")
        put(town, 1003, theme="HEAL")
    assert number(town) == first + 1
    with acting_in(town.city):
        Dataset.objects.update(theme="HEAL", checked_at=NOW)
    assert number(town) == first + 1
    with acting_in(town.other_city):
        assert not Generation.objects.exists()


def test_people_with_rights_are_answered_by_the_database_and_find_more(town: Cast) -> None:
    totals = {}
    for who in ("dora", "ada", "cleo", "egon"):
        principal = town.principal(who)
        with acting_in(town.city):
            totals[who] = searching.search(city=town.city, principal=principal, asked=Asked(), now=NOW).total
    with acting_in(town.city):
        everybodys = Dataset.objects.exclude(access=Access.INTERNAL).count()
        internal = Dataset.objects.filter(access=Access.INTERNAL).count()
    assert totals["dora"] == totals["egon"] == everybodys
    assert totals["cleo"] == everybodys + internal
    assert internal


def test_misspelt_words_are_corrected_by_what_everybody_may_see(
    town: Cast, django_assert_num_queries: Any
) -> None:
    page = (
        Client(headers={"accept-language": "en"}).get("/c/here/datasets?q=Spielpl%C3%A4zte").content.decode()
    )
    assert "Here is what was found for “Spielplätze”." in page
    some = by_shelf(town, text="Haushlat Nirgendwo")
    assert some is not None
    assert some.total
    assert (some.is_guess, some.corrected) == (True, "Haushalt nirgendwo")
    with acting_in(town.city):
        put(town, 1004, access=Access.INTERNAL, title={"de": "Geheimprojekt"})
    shelves.clear()
    found = by_shelf(town, text="Geheimprojext")
    assert found is not None
    assert (found.total, found.is_guess, found.corrected) == (0, False, "")
    with acting_in(town.city), django_assert_num_queries(1):
        searching.search_by_shelf(city=town.city, asked=Asked("", {"spatial": "nowhere"}), now=NOW)
    with acting_in(town.city), django_assert_num_queries(4):  # two of them: where remote ones came from
        searching.search_by_shelf(city=town.city, asked=Asked("", {"access": "open"}, "title"), now=NOW)
