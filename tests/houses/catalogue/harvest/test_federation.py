# SPDX-License-Identifier: EUPL-1.2
"""One install harvests another: what the first city publishes is found in the second, under the first one's name."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st
from tests.houses.catalogue.cast import OPERATOR, Cast, draft, published
from tests.houses.catalogue.harvest.portal import portal

from stoa.commons.cities.acting import acting_in
from stoa.commons.people.actions import set_up_department
from stoa.ground.problems import Refused
from stoa.houses.catalogue import door
from stoa.houses.catalogue.actions import harvest_sources
from stoa.houses.catalogue.actions.harvesting import harvest
from stoa.houses.catalogue.door import federation
from stoa.houses.catalogue.models import Dataset, Harvested, HarvestRun, OpenDataPolicy, UsageDay
from stoa.houses.catalogue.queries.federation import used_through
from stoa.houses.catalogue.terms import RunState
from stoa.standards import usagereport

pytestmark = pytest.mark.django_db


def test_what_one_city_publishes_is_found_in_another_under_its_own_name(cast: Cast, settings: Any) -> None:
    own = published(cast, theme="ENVI", keywords=["lime", "oak"])
    client = Client(headers={"accept-language": "en"})

    def answer(path: str) -> tuple[int, dict[str, str], bytes]:
        got = client.get(f"/c/here{path}", headers={"accept": "application/ld+json"})
        return got.status_code, {}, b"".join(got) if got.streaming else got.content

    pages = {"/catalog.jsonld": answer("/catalog.jsonld")}
    with portal(lambda path: pages.get(path)) as there:
        settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(
            update={"allowed_private_hosts": (there.host,)}
        )
        with acting_in(cast.other_city):
            works = set_up_department(city=cast.other_city, slug="works", name={"en": "Works"}, by=OPERATOR)
            given = {"title": "Here", "kind": "stoa", "url": there.url, "department": works}
            source = harvest_sources.add_source(city=cast.other_city, by=OPERATOR, **given)
        harvest(city_id=cast.other_city.pk, source_id=source.pk)
    with acting_in(cast.other_city):
        run = HarvestRun.objects.get()
        assert (run.state, run.new, run.notes) == (RunState.DONE, 1, [])
        by = cast.principal("dora")
        (card,) = door.search(city=cast.other_city, by=by, text="lime").datasets
    assert card.origin is not None
    assert (card.title["en"], card.theme, card.licence) == ("Trees", "ENVI", "CC_BY_4_0")
    assert (card.origin.remote_id, card.origin.publisher) == (str(own.uid), "Parks")
    assert {"CSV", "GEOJSON"} <= {file.format for file in card.remote_files}, card


def test_the_first_city_learns_how_often_its_data_was_used_through_the_second(
    cast: Cast, settings: Any
) -> None:
    own = published(cast, theme="ENVI")
    client = Client(headers={"accept-language": "en"})

    def answer(path: str) -> tuple[int, dict[str, str], bytes]:
        got = client.get(path, headers={"accept": "application/ld+json"})
        return got.status_code, {}, b"".join(got) if got.streaming else got.content

    # Asked beforehand: another thread would not see what this test has written.
    pages = {"/catalog.jsonld": answer("/c/here/catalog.jsonld")}
    with portal(lambda path: pages.get(path.partition("?")[0])) as there:
        settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(
            update={"allowed_private_hosts": (there.host,)}
        )
        _harvested_there(cast, there.url)
        asked = f"/api/v1/federation/usage?origin={there.url}&since={date.today() - timedelta(days=30)}"
        pages["/api/v1/federation/usage"] = answer(f"/c/{cast.other_city.slug}{asked}")
        with acting_in(cast.city):
            federation.accept(city=cast.city, by=OPERATOR, title="Region", url=there.url, known_as=there.url)
            with pytest.raises(Refused, match=r"catalogue\.right_missing"):
                federation.accept(
                    city=cast.city, by=cast.principal("dora"), title="x", url=there.url, known_as=there.url
                )
            with pytest.raises(Refused, match=r"catalogue\.portal_address_wrong"):
                federation.accept(
                    city=cast.city, by=OPERATOR, title="x", url="file:///etc", known_as="http://x"
                )
        assert federation.ask(city=cast.city, portal_id=_portal(cast).id) == 2
        assert federation.ask(city=cast.city, portal_id=_portal(cast).id) == 2, "asked twice, counted once"
    with acting_in(cast.city):
        [told] = used_through(city=cast.city, since=date(2020, 1, 1), dataset=own)
        assert (told.title, told.people, told.programs, told.rows) == ("Region", 5, 7, 700)
        assert used_through(city=cast.city, since=date(2020, 1, 1)) == [told]
        assert "Region" in _page_of_use(cast, own.slug)
    assert federation.ask(city=cast.city, portal_id=_portal(cast).id) == 0
    problem = _portal(cast).problem
    assert problem is not None, "nobody answers there any more, and that is told"
    with acting_in(cast.city):
        assert used_through(city=cast.city, since=date(2020, 1, 1)) == [told], "what was told stands"
        federation.forget(city=cast.city, by=OPERATOR, url=there.url)
        assert used_through(city=cast.city, since=date(2020, 1, 1)) == []


LINE = usagereport.Uses(str(UUID(int=5)), date(2026, 5, 31), "api", True, 2, 10)


@trials(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(max_size=8, elements=st.builds(
    usagereport.Uses, st.sampled_from(["a", "b"]), st.dates(date(2026, 5, 30), date(2026, 5, 31)),
    st.sampled_from(["api", "page"]), st.booleans(), st.integers(0, 9), st.integers(0, 9),
)))  # fmt: skip
def test_lines_are_merged_without_losing_or_doubling_a_count(uses: list[usagereport.Uses]) -> None:
    found = usagereport.merged(uses)
    keys = [(one.dataset, one.day, one.kind, one.program) for one in found]
    assert len(set(keys)) == len(keys)
    for key, one in zip(keys, found, strict=True):
        same = [line for line in uses if (line.dataset, line.day, line.kind, line.program) == key]
        assert (one.uses, one.rows) == (sum(line.uses for line in same), sum(line.rows for line in same))
    assert sum(one.uses for one in found) == sum(one.uses for one in uses)


def test_what_came_by_two_ways_is_told_in_one_line(cast: Cast) -> None:
    with acting_in(cast.city):
        for n in range(2):
            source = harvest_sources.add_source(
                city=cast.city, by=OPERATOR, title=f"Way {n}", kind="stoa", url=f"http://town.example/{n}",
                department=cast.parks,
            )  # fmt: skip
            twin = draft(cast, title=f"Way {n}")
            Dataset.objects.filter(pk=twin.pk).update(
                state="published", published_at=timezone.now(), is_remote=True
            )
            Harvested.objects.create(
                city=cast.city,
                source=source,
                dataset=twin,
                remote_id=LINE.dataset,
                content_hash=str(n),
                seen_in=1,
                seen_at=timezone.now(),
            )
            UsageDay.objects.create(
                city=cast.city, dataset=twin, day=timezone.localdate() - timedelta(days=1), gate="own_api", kind="api",
                program=True, uses=n + 1, rows=10,
            )  # fmt: skip
        [told] = federation.uses_for_origin(
            city=cast.city, origin="http://town.example", since=timezone.localdate() - timedelta(days=5)
        )
    assert (told.dataset, told.uses, told.rows) == (LINE.dataset, 3, 20)


def _harvested_there(cast: Cast, url: str) -> None:
    """The second city harvests the first one; then its people and programs use what came."""
    with acting_in(cast.other_city):
        works = set_up_department(city=cast.other_city, slug="works", name={"en": "Works"}, by=OPERATOR)
        given = {"title": "Here", "kind": "stoa", "url": url, "department": works}
        source = harvest_sources.add_source(city=cast.other_city, by=OPERATOR, **given)
    harvest(city_id=cast.other_city.pk, source_id=source.pk)
    with acting_in(cast.other_city):
        came = Harvested.objects.get().dataset
        yesterday = timezone.localdate() - timedelta(days=1)
        for day, program, uses, rows in (
            (yesterday, False, 5, 0),
            (yesterday, True, 7, 700),
            (timezone.localdate(), False, 99, 0),  # not over yet
        ):
            UsageDay.objects.create(
                city=cast.other_city, dataset=came, day=day, gate="own_api", kind="download", program=program,
                uses=uses, rows=rows,
            )  # fmt: skip
        assert (
            federation.uses_for_origin(
                city=cast.other_city, origin="http://somebody.example", since=yesterday
            )
            == []
        ), "of what came from elsewhere nobody else learns here"


def _portal(cast: Cast) -> federation.PortalCard:
    with acting_in(cast.city):
        [found] = federation.portals(city=cast.city)
    return found


def _page_of_use(cast: Cast, slug: str) -> str:
    OpenDataPolicy.objects.update_or_create(city=cast.city, defaults={"is_value_public": True})
    answer = Client(headers={"accept-language": "en"}).get(f"/c/{cast.city.slug}/datasets/{slug}/use")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"7",
        b'{"uses": 1}',
        b"[" * 100_000,
        b'{"uses": [[[]]]}',
        b'{"uses": [NaN]}',
    ],
)
def test_whatever_another_portal_tells_is_counts_or_a_refusal(data: bytes) -> None:
    try:
        assert list(usagereport.read(data)) == []
    except ValueError:
        return


def test_lies_are_left_out_line_by_line() -> None:
    fine = {
        "dataset": str(UUID(int=5)),
        "day": "2026-05-31",
        "kind": "api",
        "program": True,
        "uses": 1,
        "rows": 0,
    }
    wrong: list[Any] = [
        {"uses": -1}, {"uses": 10**10}, {"uses": True}, {"uses": "1"}, {"rows": 1.5}, {"kind": "person"},
        {"day": "yesterday"}, {"dataset": "../x"}, {"program": "yes"},
    ]  # fmt: skip
    told = json.dumps({"uses": [fine, 7, None, [], {}, *({**fine, **one} for one in wrong)]}).encode()
    [found] = usagereport.read(told)
    assert usagereport.written(found.day, [found])["uses"] == [fine]
