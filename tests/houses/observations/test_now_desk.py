# SPDX-License-Identifier: EUPL-1.2
"""What officers do on the desk: arrange the page, judge values, look after what was put aside; and who may not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from tests.houses.observations.test_now_page import report
from tests.houses.observations.town import Town, make_town

from stoa.commons.audit.models import AuditLine
from stoa.commons.cities.acting import acting_in
from stoa.ground.problems import Refused
from stoa.houses.observations.actions.judging_values import judge_values
from stoa.houses.observations.actions.keeping import Observed, keep_observations
from stoa.houses.observations.door.live import buckets
from stoa.houses.observations.models import Datastream, NowTile, Observation, QualityMark, Quarantined
from stoa.houses.observations.terms import Quality, Way, Width

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db: None) -> Iterator[Town]:
    made = make_town()
    with acting_in(made.cast.city):
        yield made


def client(town: Town, who: str = "") -> Client:
    made = Client(headers={"accept-language": "en"})
    if who:
        made.force_login(getattr(town.cast, who))
    return made


# --- arranging the page ---


def test_an_officer_adds_orders_hides_and_removes_tiles(town: Town) -> None:
    ada = client(town, "ada")
    report(town, town.series, 20)
    said = {"kind": "group", "observed_property": str(town.temperature.pk), "title_en": "How warm"}
    assert ada.post("/c/here/desk/now/", said).status_code == 302
    assert ada.post("/c/here/desk/now/", {"kind": "map"}).status_code == 302
    first, second = NowTile.objects.order_by("place")
    assert first.title == {"en": "How warm"}
    ada.post(f"/c/here/desk/now/tiles/{second.pk}", {"deed": "up"})
    assert [tile.pk for tile in NowTile.objects.order_by("place")] == [second.pk, first.pk]
    ada.post(f"/c/here/desk/now/tiles/{second.pk}", {"deed": "up"})
    assert [tile.pk for tile in NowTile.objects.order_by("place")] == [second.pk, first.pk]
    ada.post(f"/c/here/desk/now/tiles/{first.pk}", {"deed": "hide"})
    assert "How warm" not in client(town).get("/c/here/now/").content.decode()
    assert "hidden" in ada.get("/c/here/desk/now/").content.decode()
    ada.post(f"/c/here/desk/now/tiles/{second.pk}", {"deed": "remove"})
    assert NowTile.objects.count() == 1
    assert AuditLine.objects.filter(thing="tile").count() == 6


def test_a_tile_of_nothing_is_refused_in_words(town: Town) -> None:
    answer = client(town, "ada").post("/c/here/desk/now/", {"kind": "series"})
    assert answer.status_code == 422
    assert "The tile shows nothing yet." in answer.content.decode()


def test_nobody_and_people_of_another_city_arrange_nothing(town: Town) -> None:
    assert client(town).post("/c/here/desk/now/", {"kind": "map"}).status_code == 302
    assert client(town, "egon").post("/c/here/desk/now/", {"kind": "map"}).status_code == 403
    assert not NowTile.objects.exists()


# --- judging values ---


def test_bad_values_leave_the_averages_and_everybody_reads_why(town: Town) -> None:
    wrong = report(town, town.series, 900, minutes=90)
    report(town, town.series, 20, minutes=5)
    ada, city = town.cast.principal("ada"), town.cast.city
    mark = judge_values(
        series=town.series,
        since=wrong,
        until=wrong + timedelta(seconds=1),
        quality=Quality.FAIL,
        reason="Sun on it",
        by=ada,
    )
    assert mark.count == 1
    now = timezone.now()
    found = buckets(
        city=city, by=ada, series=town.series.pk, width=Width.HOUR, since=now - timedelta(hours=4), until=now
    )
    assert [one.high for one in found] == [20]
    text = client(town).get(f"/c/here/series/{town.series.uid}/").content.decode()
    assert "Sun on it" in text
    assert "bad" in text
    assert AuditLine.objects.filter(verb="judged", thing_id=str(town.series.uid)).count() == 1


def test_a_judgement_keeps_the_values_themselves(town: Town) -> None:
    at = report(town, town.series, 21.25)
    before = Observation.objects.values_list("at", "number", "result_at").get()
    judge_values(
        series=town.series,
        since=at,
        until=at + timedelta(hours=1),
        quality=Quality.SUSPECT,
        reason="Odd",
        by=town.cast.principal("cleo"),
    )
    assert Observation.objects.values_list("at", "number", "result_at").get() == before
    assert Observation.objects.get().quality == Quality.SUSPECT


def test_the_form_takes_the_time_of_the_city_and_says_what_is_missing(town: Town) -> None:
    at = report(town, town.series, 20)
    ada = client(town, "ada")
    path = f"/c/here/desk/series/{town.series.uid}/judge"
    assert ada.post(path, {"quality": "3"}).status_code == 422
    local = at.astimezone(ZoneInfo("Europe/Berlin"))
    said = {
        "since": f"{local - timedelta(minutes=1):%Y-%m-%dT%H:%M}",
        "until": f"{local + timedelta(minutes=1):%Y-%m-%dT%H:%M}",
        "quality": "3",
        "reason": "Odd",
    }
    assert ada.post(path, said).status_code == 302
    assert QualityMark.objects.get().count == 1


def test_a_colleague_of_another_department_may_not_judge(town: Town) -> None:
    at = report(town, town.series, 20)
    with pytest.raises(Refused):
        judge_values(
            series=town.series,
            since=at,
            until=at + timedelta(hours=1),
            quality=Quality.FAIL,
            reason="x",
            by=town.cast.principal("ben"),
        )
    assert client(town, "ben").get(f"/c/here/desk/series/{town.series.uid}/judge").status_code == 403


# --- what was put aside ---


def put_aside(town: Town) -> Quarantined:
    """A value in the wrong unit: the owner can mend the series and try again."""
    seen = Observed(town.series.pk, timezone.now() - timedelta(minutes=1), "warm")
    keep_observations(
        city=town.cast.city, observations=[seen], by=town.cast.principal("ada"), way=Way.HTTP, origin="here"
    )
    return Quarantined.objects.get()


def test_what_was_put_aside_stands_with_its_reason_and_can_be_settled(town: Town) -> None:
    kept = put_aside(town)
    ada = client(town, "ada")
    text = ada.get("/c/here/desk/quarantine/").content.decode()
    assert "warm" in text
    assert "The result is" in text
    assert ada.post(f"/c/here/desk/quarantine/{kept.pk}/settle").status_code == 302
    assert "Nothing is put aside" in ada.get("/c/here/desk/quarantine/").content.decode()


def test_trying_again_takes_it_once_the_reason_is_mended_and_says_what_is_still_wrong(town: Town) -> None:
    kept = put_aside(town)
    ada = client(town, "ada")
    assert ada.post(f"/c/here/desk/quarantine/{kept.pk}/retry").status_code == 422
    assert Quarantined.objects.filter(settled_at=None).count() == 1
    type(town.series).objects.filter(pk=town.series.pk).update(result_type="category")
    assert ada.post(f"/c/here/desk/quarantine/{kept.pk}/retry").status_code == 302
    assert Observation.objects.get().text == "warm"
    kept.refresh_from_db()
    assert kept.settled_at


def test_a_colleague_of_another_department_and_an_outsider_see_nothing_of_it(town: Town) -> None:
    kept = put_aside(town)
    assert "warm" not in client(town, "ben").get("/c/here/desk/quarantine/").content.decode()
    assert client(town, "ben").post(f"/c/here/desk/quarantine/{kept.pk}/settle").status_code == 404
    assert client(town, "egon").get("/c/here/desk/quarantine/").status_code == 403
    assert client(town).get("/c/here/desk/quarantine/").status_code == 302


# --- pages of a series and of a thing ---


def test_the_page_of_a_series_has_chart_table_facts_and_ways_for_programs(town: Town) -> None:
    for hours in range(5):
        report(town, town.series, 20 + hours, minutes=60 * hours + 1)
    for span in ("day", "week", "month", "year", "all"):
        answer = client(town).get(f"/c/here/series/{town.series.uid}/?span={span}")
        text = answer.content.decode()
        assert answer.status_code == 200
        assert 'data-chart="line"' in text, span
    for words in ("not judged", "Cel", "Thermometer", "parks@here.example", "values.csv", "live/events"):
        assert words in text, words
    assert "Not in the register." in text


def test_single_values_are_paged_by_time_without_a_gap(town: Town) -> None:
    ada, begin = town.cast.principal("ada"), timezone.now() - timedelta(hours=3)
    seen = [Observed(town.series.pk, begin + timedelta(minutes=n), float(n)) for n in range(120)]
    keep_observations(city=town.cast.city, observations=seen, by=ada, way=Way.HTTP)
    path, numbers = f"/c/here/series/{town.series.uid}/", []
    while path:
        context = client(town).get(path).context
        numbers += [float(row.cells[1].value) for row in context["table"].rows]
        older = context["older_url"]
        path = f"/c/here/series/{town.series.uid}/{older.partition('#')[0]}" if older else ""
    assert numbers == [float(n) for n in reversed(range(120))]


def test_the_file_holds_all_values_or_those_of_a_span(town: Town) -> None:
    first = report(town, town.series, 1.5, minutes=30)
    second = report(town, town.series, 2.5, minutes=20)
    path = f"/c/here/series/{town.series.uid}/values.csv"

    def lines(asked: dict[str, str]) -> list[str]:
        return b"".join(client(town).get(path, asked).streaming_content).decode().split("\r\n")  # type: ignore[attr-defined]

    whole = lines({})
    assert whole[0] == "time,until,result,unit,quality,result_time"
    assert whole[1].startswith(first.isoformat())
    assert whole[1].split(",")[2:5] == ["1.5", "Cel", "2"]
    assert len(lines({"since": second.isoformat()})) == 3
    assert client(town).get(path, {"since": "yesterday"}).status_code == 422
    with acting_in(town.cast.city):  # a vendor's unit that a spreadsheet would run
        Datastream.objects.filter(pk=town.series.pk).update(unit_code="", unit_symbol=' =HYPERLINK("x")')
    assert lines({})[1].split(",")[3] == '"\' =HYPERLINK(""x"")"'


def test_what_nobody_may_know_of_is_not_found(town: Town) -> None:
    assert client(town).get(f"/c/here/series/{uuid4()}/").status_code == 404
    assert client(town).get(f"/c/there/series/{town.series.uid}/").status_code == 404
    assert client(town).get(f"/c/there/things/{town.thing.uid}/").status_code == 404
    for path in ("", "?span=%00", "?before=never", "?before=2030-01-01T00:00:00"):
        assert client(town).get(f"/c/here/series/{town.series.uid}/{path}").status_code == 200
    for path in ("?page=0", "?page=99999999", "?property=x", "?q=%00%27", "?department=%00"):
        assert client(town).get(f"/c/here/things/{path}").status_code == 200


def test_a_thing_shows_its_series_place_and_that_it_is_not_in_the_register(town: Town) -> None:
    report(town, town.series, 20)
    text = client(town).get(f"/c/here/things/{town.thing.uid}/").content.decode()
    for words in ("Air temperature", "Not in the register.", "north", "data-map"):
        assert words in text, words
    card = client(town).get(f"/c/here/now/places/{town.series.pk}.json").json()
    assert card["title"] == "Station"
    assert card["rows"][0][1].startswith("20 °C")
