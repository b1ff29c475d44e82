# SPDX-License-Identifier: EUPL-1.2
"""Series that belong together are a dataset of the catalogue: one version a day, open only if all of it is public."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.commons.jobs.models import OutboxEvent
from stoa.commons.lake.values import Query
from stoa.commons.roles.values import NOBODY
from stoa.ground.problems import NotFound, Refused
from stoa.houses.catalogue import door as catalogue
from stoa.houses.observations.actions import exporting, grouping, nightly, setting_up
from stoa.houses.observations.actions.exporting import export_group
from stoa.houses.observations.actions.judging_values import judge_values
from stoa.houses.observations.actions.keeping import Observed, keep_observations
from stoa.houses.observations.actions.removing import remove_series_observations
from stoa.houses.observations.models import Datastream, SeriesGroup
from stoa.houses.observations.terms import GroupKind, Quality, Way

pytestmark = pytest.mark.django_db
NOW = datetime(2031, 3, 20, 9, tzinfo=UTC)
NOON = datetime(2031, 3, 19, 11, tzinfo=UTC)


@pytest.fixture
def town(settings: LazySettings, tmp_path: Path) -> Town:
    for name in ("LAKE", "CACHE", "WORK", "FILES"):
        setattr(settings, f"STOA_{name}", tmp_path / name.lower())
    return make_town()


def write(town: Town, *values: tuple[datetime, float], series: Datastream | None = None) -> None:
    with acting_in(town.cast.city):
        observed = [Observed((series or town.series).pk, at, number) for at, number in values]
        keep_observations(
            city=town.cast.city, observations=observed, by=town.cast.principal("ada"), way=Way.DROP
        )


def group_of(town: Town, by: str = "ada", **facts: Any) -> SeriesGroup:
    said = {
        "kind": GroupKind.PROPERTY,
        "observed_property": town.temperature,
        "title": {"en": "Air temperature of the parks"},
        "description": {"en": "What the stations measure."},
        "licence": "CC_BY_4_0",
    }
    with acting_in(town.cast.city):
        return grouping.set_up_group(
            city=town.cast.city, by=town.cast.principal(by), department=town.cast.parks, **(said | facts)
        )


def export(town: Town, group: SeriesGroup, now: datetime = NOW) -> int | None:
    done = export_group(city_id=town.cast.city.pk, group_id=group.pk, now=now)
    assert done.problem is None, done.problem
    with acting_in(town.cast.city):
        group.refresh_from_db()
    return done.version


def rows(town: Town, group: SeriesGroup) -> list[dict[str, Any]]:
    with acting_in(town.cast.city):
        page = catalogue.rows(city=town.cast.city, by=NOBODY, slug=group.dataset, query=Query())
    names = [spec.name for spec in page.columns]
    return [dict(zip(names, row[1:], strict=False)) for row in page.rows]


def test_a_group_is_an_open_dataset_with_a_version_only_when_something_is_different(
    town: Town, time_machine: Any
) -> None:
    time_machine.move_to(NOW)
    long_ago = NOON - timedelta(days=60)
    write(town, (long_ago, 1.5), (NOON, 2.5), (NOON + timedelta(hours=1), -99), (NOW, 9.0))
    nightly.roll(NOW.date())
    with acting_in(town.cast.city):
        judge_values(
            series=town.series, since=NOON + timedelta(minutes=5), until=NOW - timedelta(hours=12),
            quality=Quality.FAIL, reason="broken", by=town.cast.principal("ada"),
        )  # fmt: skip
    group = group_of(town)
    assert export(town, group) == 1
    found = rows(town, group)
    assert [row["result"] for row in found] == [1.5, 2.5, -99.0], "lake and hot table; today is not over yet"
    assert [row["quality"] for row in found] == ["not_evaluated", "not_evaluated", "fail"]
    assert {(row["series"], row["thing"], row["property"], row["unit"]) for row in found} == {
        (str(town.series.uid), "Station", "Air temperature", "°C")
    }
    assert (found[0]["longitude"], found[0]["phenomenon_time"]) == (7.62, long_ago)
    with acting_in(town.cast.city):
        card = catalogue.dataset(city=town.cast.city, by=NOBODY, slug=group.dataset)
    assert (card.access, card.licence, card.frequency, card.department) == (
        "open",
        "CC_BY_4_0",
        "DAILY",
        "parks",
    )
    assert export(town, group) is None
    write(town, (NOON, 2.75), (long_ago, 1.25))
    assert export(town, group) == 2, "a correction, of a value in the lake too"
    assert [row["result"] for row in rows(town, group)] == [1.25, 2.75, -99.0]
    with acting_in(town.cast.city):
        change = catalogue.compare(city=town.cast.city, by=NOBODY, slug=group.dataset, old=1, new=2)
        assert (change.added, change.removed, change.changed, change.same) == (0, 0, 2, 1)
        remove_series_observations(
            city=town.cast.city, by=town.cast.principal("ada"), series=[town.series.pk],
            until=NOON - timedelta(days=1),
        )  # fmt: skip
    assert export(town, group) == 3, "what was removed from the lake is gone from the next version"
    assert [row["result"] for row in rows(town, group)] == [2.75, -99.0]


def test_killed_between_two_steps_it_makes_one_version_and_not_two(
    town: Town, monkeypatch: pytest.MonkeyPatch, time_machine: Any
) -> None:
    time_machine.move_to(NOW)
    write(town, (NOON, 2.5))
    group = group_of(town)
    with monkeypatch.context() as killed:
        killed.setattr(catalogue, "publish", _killed)
        with pytest.raises(KeyboardInterrupt):
            export_group(city_id=town.cast.city.pk, group_id=group.pk, now=NOW)
    with monkeypatch.context() as killed:
        killed.setattr(exporting, "_reached", _killed)
        with pytest.raises(KeyboardInterrupt):
            export_group(city_id=town.cast.city.pk, group_id=group.pk, now=NOW)
    export(town, group)
    with acting_in(town.cast.city):
        numbers = [v.number for v in catalogue.versions(city=town.cast.city, by=NOBODY, slug=group.dataset)]
    assert numbers == [1]


def _killed(*_args: object, **_more: object) -> None:
    raise KeyboardInterrupt


def test_one_series_that_is_not_public_closes_the_whole_and_only_a_steward_opens_it_again(
    town: Town, time_machine: Any
) -> None:
    time_machine.move_to(NOW)
    city, ada = town.cast.city, town.cast.principal("ada")
    write(town, (NOON, 2.5))
    group = group_of(town)
    export(town, group)
    with acting_in(city):
        OutboxEvent.objects.all().delete()
        setting_up.change_datastream(datastream=town.series, by=ada, access="internal")
        assert OutboxEvent.objects.filter(name="observations.ThingChanged").exists(), (
            "which the house listens to"
        )
        assert grouping.settle_access(city) == 0, "it is closed already, with the series"
        with pytest.raises(NotFound):
            catalogue.dataset(city=city, by=NOBODY, slug=group.dataset)
        group.refresh_from_db()
        with pytest.raises(Refused) as refused:
            grouping.open_group(group=group, by=town.cast.principal("cleo"))
        assert refused.value.problem.code == "observations.group_closed"
        with pytest.raises(Refused) as refused:  # nor by the form of the catalogue, nor by its programs
            catalogue.describe(city=city, by=town.cast.principal("cleo"), slug=group.dataset, access="open")
        assert refused.value.problem.code == "observations.group_closed"
        setting_up.change_datastream(datastream=town.series, by=ada, access="open")
        assert grouping.settle_access(city) == 0, "it never opens by itself"
        with pytest.raises(Refused):
            grouping.open_group(group=group, by=ada)
        grouping.open_group(group=group, by=town.cast.principal("cleo"))
        assert catalogue.dataset(city=city, by=NOBODY, slug=group.dataset).access == "open"


def test_a_closed_dataset_stays_closed_when_its_group_is_gone(town: Town, time_machine: Any) -> None:
    time_machine.move_to(NOW)
    city, ada = town.cast.city, town.cast.principal("ada")
    write(town, (NOON, 2.5))
    group = group_of(town)
    export(town, group)
    with acting_in(city):
        setting_up.change_datastream(datastream=town.series, by=ada, access="internal")
        grouping.settle_access(city)
        group.refresh_from_db()
        grouping.remove_group(group=group, by=ada)
        with pytest.raises(Refused) as refused:  # the group is gone, its values still stand in the dataset
            catalogue.describe(city=city, by=town.cast.principal("cleo"), slug=group.dataset, access="open")
        assert refused.value.problem.code == "observations.group_closed"


def test_a_dataset_with_a_series_that_was_closed_and_is_gone_stays_closed(
    town: Town, time_machine: Any
) -> None:
    time_machine.move_to(NOW)
    city, ada = town.cast.city, town.cast.principal("ada")
    with acting_in(city):
        secret = setting_up.set_up_datastream(
            thing=town.thing, sensor=town.sensor, observed_property=town.temperature, by=ada, name="Inside",
            access="internal",
        )  # fmt: skip
    write(town, (NOON, 2.5))
    write(town, (NOON, 7.5), series=secret)
    group = group_of(town)
    export(town, group)
    with acting_in(city):
        with pytest.raises(NotFound):
            catalogue.dataset(city=city, by=NOBODY, slug=group.dataset)
        page = catalogue.rows(city=city, by=ada, slug=group.dataset, query=Query())
        assert page.total == 2
        setting_up.remove_datastream(datastream=secret, by=ada)
        group.refresh_from_db()
        assert not grouping.is_public(group), "its values stand in the first version"


@pytest.mark.parametrize("who", ["ben", "dora", "egon"])
def test_nobody_else_makes_changes_or_ends_a_group_of_a_department(town: Town, who: str) -> None:
    group = group_of(town)
    by = town.cast.principal(who)
    with acting_in(town.cast.city):
        for deed in (
            lambda: group_of(town, who),
            lambda: grouping.change_group(group=group, by=by, licence="CC0"),
            lambda: grouping.ask_version(group=group, by=by),
            lambda: grouping.remove_group(group=group, by=by),
        ):
            with pytest.raises(Refused) as refused:
                deed()
            assert refused.value.problem.code == "observations.right_missing"


def test_an_empty_span_is_told_to_the_officer_and_nothing_is_made(town: Town) -> None:
    write(town, (NOON - timedelta(days=4000), 2.5))
    group = group_of(town, window_days=31)
    done = export_group(city_id=town.cast.city.pk, group_id=group.pk, now=NOW)
    assert done.problem is not None
    assert done.problem.code == "observations.group_empty"
    with acting_in(town.cast.city):
        group.refresh_from_db()
        assert (group.dataset, group.problem["code"]) == ("", "observations.group_empty")


def test_groups_are_due_once_a_day_of_the_city_after_three(town: Town) -> None:
    from zoneinfo import ZoneInfo

    from stoa.houses.observations.queries.groups import due_groups
    from stoa.houses.observations.rules.grouping import due_since

    group, zone = group_of(town), ZoneInfo("Europe/Berlin")
    with acting_in(town.cast.city):
        for tried, due in (("2031-03-20T01:59", True), ("2031-03-20T02:01", False)):
            SeriesGroup.objects.update(tried_at=datetime.fromisoformat(f"{tried}:00+00:00"))
            assert (due_groups(town.cast.city, due_since(NOW, zone)) == [group.pk]) is due


def browser(town: Town, who: str = "") -> Client:
    client = Client(headers={"accept-language": "en"})
    if who:
        client.force_login(getattr(town.cast, who))
    return client


def test_an_officer_follows_an_offer_and_readers_go_from_series_to_dataset_and_back(
    town: Town, time_machine: Any
) -> None:
    time_machine.move_to(NOW)
    write(town, (NOON, 2.5))
    ada = browser(town, "ada")
    page = ada.get("/c/here/desk/series/groups/").content.decode()
    offer = (
        f"/c/here/desk/series/groups/new?department={town.cast.parks.pk}&amp;property={town.temperature.pk}"
    )
    assert offer in page
    form = ada.get(offer.replace("&amp;", "&")).content.decode()
    assert "Air temperature, measured by Parks" in form
    said = {
        "department": str(town.cast.parks.pk), "kind": "property", "observed_property": str(town.temperature.pk),
        "window_days": "31", "licence": "CC_BY_4_0", "theme": "ENVI", "title_en": "Air of the parks",
        "description_en": "What the stations measure.", "keep_days": "400",
    }  # fmt: skip
    assert ada.post("/c/here/desk/series/groups/new", said | {"title_en": ""}).status_code == 422
    answer = ada.post("/c/here/desk/series/groups/new", said)
    assert answer.status_code == 302
    with acting_in(town.cast.city):
        group = SeriesGroup.objects.get()
        assert Datastream.objects.get(pk=town.series.pk).keep_days == 400
    export(town, group)
    assert offer not in ada.get("/c/here/desk/series/groups/").content.decode()
    page = ada.get(answer["location"]).content.decode()
    assert "Station" in page
    assert "everybody" in page
    series = f"/c/here/series/{town.series.uid}/"
    shown = browser(town).get(series).content.decode()
    assert f'href="/c/here/datasets/{group.dataset}"' in shown
    assert "Creative Commons Attribution 4.0" in shown
    assert f'href="{series}"' in browser(town).get(f"/c/here/datasets/{group.dataset}").content.decode()
    deeds = f"/c/here/desk/series/groups/{group.uid}/deed"
    assert ada.post(deeds, {"deed": "now"}).status_code == 302
    assert browser(town, "ben").post(deeds, {"deed": "remove"}).status_code == 404
    assert browser(town, "egon").get("/c/here/desk/series/groups/").status_code == 403
    assert ada.post(deeds, {"deed": "remove"}).status_code == 302
    with acting_in(town.cast.city):
        assert not SeriesGroup.objects.exists()
        assert Datastream.objects.get(pk=town.series.pk).keep_days is None
        assert catalogue.is_known(city=town.cast.city, slug=group.dataset)
