# SPDX-License-Identifier: EUPL-1.2
"""A dataset is opened to more people: what they read of its past, and who decides that."""

from __future__ import annotations

import pytest
from tests.houses.catalogue.cast import TREES, Cast, deliver, publish, published
from tests.houses.catalogue.test_changing_views import OAKS, answered, change
from tests.houses.catalogue.test_stories import get, post
from tests.houses.catalogue.test_views import published_view

from stoa.commons.audit.models import AuditLine
from stoa.commons.cities.acting import acting_in
from stoa.commons.roles.values import NOBODY
from stoa.ground.problems import NotFound, Problem, Refused
from stoa.ground.words import say
from stoa.houses.catalogue import door
from stoa.houses.catalogue.actions.opening import make_wider, open_history
from stoa.houses.catalogue.actions.publishing import roll_back
from stoa.houses.catalogue.door import listing
from stoa.houses.catalogue.door.guards import keep_closed
from stoa.houses.catalogue.models import Dataset, Version

pytestmark = pytest.mark.django_db
MAILS = TREES.replace(b"id;art;", b"id;mail;art;").replace(b";Linde", b";ada@home.example;Linde")
MAILS = MAILS.replace(b";Eiche", b";eva@home.example;Eiche")


def again(cast: Cast, dataset: Dataset) -> Dataset:
    return Dataset.objects.select_related("department", "city", "current__delivery").get(pk=dataset.pk)


def opened(cast: Cast, slug: str = "trees", who: str = "cleo") -> None:
    with acting_in(cast.city):
        door.describe(city=cast.city, by=cast.principal(who), slug=slug, access="open")


@pytest.fixture
def cleaned(cast: Cast) -> Dataset:
    """Internal with addresses of people, then without these, then open."""
    dataset = published(cast, MAILS, access="internal")
    publish(cast, deliver(cast, dataset))
    opened(cast)
    with acting_in(cast.city):
        return again(cast, dataset)


def numbers(cast: Cast, who: str) -> list[int]:
    with acting_in(cast.city):
        return [v.number for v in door.versions(city=cast.city, by=cast.principal(who), slug="trees")]


@pytest.mark.parametrize(("who", "read"), [("dora", [2]), ("ben", [2]), ("ada", [2, 1]), ("cleo", [2, 1])])
def test_what_was_made_for_few_stays_with_them_when_everybody_may_read(
    cast: Cast, cleaned: Dataset, who: str, read: list[int]
) -> None:
    assert numbers(cast, who) == read
    with acting_in(cast.city):
        asked = {"city": cast.city, "by": cast.principal(who), "slug": "trees"}
        if 1 in read:
            assert door.compare(**asked, old=1, new=2).same == 60
        else:
            for old in ({"old": 1, "new": 2}, {"old": 2, "new": 1}):
                with pytest.raises(NotFound):
                    door.compare(**asked, **old)


def test_pages_tiles_and_feeds_of_the_outsider_do_not_know_of_it_either(cast: Cast, cleaned: Dataset) -> None:
    for path in (
        "/datasets/trees?version=%s",
        "/datasets/trees/table?version=%s",
        "/datasets/trees/download/csv?version=%s",
        "/datasets/trees/tiles/%s/10/533/337.mvt",
    ):
        assert get(cast, path % 1).status_code == 404, path
        assert get(cast, path % 2).status_code in {200, 204}, path
        assert get(cast, path % 1, "ada").status_code in {200, 204}, path
    caching = [get(cast, path % n, "ada").headers["Cache-Control"].partition(",")[0] for n in (1, 2)]
    assert caching == ["private", "public"], (
        "else a cache on the way would show the outsider what Ada looked at"
    )
    assert get(cast, "/datasets/trees/versions/2/changes").status_code == 404
    assert get(cast, "/datasets/trees/versions/2/changes", "ada").status_code == 200
    assert b"version=1" not in get(cast, "/datasets/trees/versions").content
    with acting_in(cast.city):
        assert [change.version for change in listing.changes(city=cast.city, by=NOBODY)] == [2]


def test_the_steward_opens_the_past_and_not_while_people_stand_in_it(cast: Cast, cleaned: Dataset) -> None:
    with acting_in(cast.city):
        for act in (
            lambda: open_history(dataset=cleaned, by=cast.principal("cleo")),
            lambda: roll_back(dataset=cleaned, number=1, by=cast.principal("cleo"), reason="nicer"),
        ):
            with pytest.raises(Refused) as refused:
                act()
            assert refused.value.problem.code in {"catalogue.personal_data", "catalogue.version_closed"}
        with pytest.raises(Refused):
            open_history(dataset=cleaned, by=cast.principal("ada"))
    assert numbers(cast, "dora") == [2]


def test_a_past_that_everybody_may_read_is_opened_on_the_page_of_the_versions(cast: Cast) -> None:
    dataset = published(cast, access="internal")
    publish(cast, deliver(cast, dataset, TREES.replace(b"60;Eiche", b"60;Linde")))
    opened(cast)
    assert numbers(cast, "dora") == [2]
    assert b"open-history" not in get(cast, "/desk/datasets/trees/versions", "ada").content
    assert b"open-history" in get(cast, "/desk/datasets/trees/versions", "cleo").content
    assert post(cast, "/desk/datasets/trees/deed/open-history", "cleo").status_code == 302
    assert numbers(cast, "dora") == [2, 1]
    with acting_in(cast.city):
        assert AuditLine.objects.get(verb="versions.opened").facts == {"versions_before": 2}


def test_going_back_to_a_version_with_people_in_it_is_a_publication_too(cast: Cast) -> None:
    """The steward had released the column, and took the release back with the next file."""
    dataset = published(cast, MAILS, access="internal")
    publish(cast, deliver(cast, dataset))
    with acting_in(cast.city):
        Dataset.objects.filter(pk=dataset.pk).update(access="open")
        with pytest.raises(Refused) as refused:
            roll_back(dataset=again(cast, dataset), number=1, by=cast.principal("cleo"), reason="nicer")
    assert refused.value.problem.code == "catalogue.personal_data"


def test_a_view_is_opened_only_when_its_rows_answer_the_open_question(cast: Cast) -> None:
    published(cast)
    published(cast, title="Secret trees", access="internal")
    view = published_view(cast)
    with acting_in(cast.city):
        door.describe(city=cast.city, by=cast.principal("cleo"), slug=view.slug, access="internal")
    change(cast, view, "SELECT art, count(*) AS anzahl FROM secret_trees GROUP BY art")
    answered(cast, view)
    change(cast, view, OAKS)
    with pytest.raises(Refused) as refused:
        opened(cast, view.slug)
    assert refused.value.problem.code == "sql.view_not_answered"
    publish(cast, answered(cast, view), by="ada")
    opened(cast, view.slug)
    with acting_in(cast.city):
        newest = Version.objects.filter(dataset=view).latest("number").number
        read = [v.number for v in door.versions(city=cast.city, by=NOBODY, slug=view.slug)]
        assert read == [newest]
        with pytest.raises(Refused) as refused:
            open_history(dataset=again(cast, view), by=cast.principal("cleo"))
    assert refused.value.problem.code == "sql.view_history_closed"


def test_what_a_house_that_is_gone_kept_closed_stays_closed(cast: Cast) -> None:
    dataset = published(cast, access="internal")
    why = Problem("test.closed", say("It holds what nobody may read."), say("Nobody."), say("Leave it."))
    with acting_in(cast.city):
        keep_closed(city=cast.city, slug="trees", why=why)
        found = again(cast, dataset)
        found.access = "open"
        with pytest.raises(Refused) as refused:
            make_wider(found)
    assert refused.value.problem.code == "test.closed"
