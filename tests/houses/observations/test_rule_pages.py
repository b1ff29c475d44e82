# SPDX-License-Identifier: EUPL-1.2
"""The pages of the rules: from the search for a series to the rule, its try on the past, its exercise, its end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.houses.observations.test_watching import send
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.houses.observations.actions import setting_up, watching
from stoa.houses.observations.models import Alert, Rule
from stoa.houses.observations.terms import RuleKind

pytestmark = pytest.mark.django_db
RULES = "/c/here/desk/rules/"
FACTS = {"title": "Too warm", "severity": "severe", "raises_alerts": "on"}


@pytest.fixture
def town(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    monkeypatch.setattr(watching, "PAUSE_S", 0)
    made = make_town()
    with acting_in(made.cast.city):
        yield made


def client(town: Town, who: str = "", language: str = "en") -> Client:
    made = Client(headers={"accept-language": language})
    if who:
        made.force_login(getattr(town.cast, who))
    return made


def form_of(town: Town, kind: str, *more: str) -> str:
    series = "".join(f"&series={uid}" for uid in (town.series.uid, *more))
    return f"{RULES}new?kind={kind}{series}"


def keep(town: Town, kind: str, *more: str, **said: Any) -> Any:
    facts = FACTS | {"department": str(town.cast.parks.pk)} | said
    return client(town, "ada").post(form_of(town, kind, *more), facts)


def test_step_by_step_to_a_rule_without_a_script(town: Town) -> None:
    ada = client(town, "ada")
    assert "No rule yet" in ada.get(RULES).content.decode()
    text = ada.get(f"{RULES}new", {"q": "park stat temp", "more": "1"}).content.decode()
    assert "No series is like that" in text
    text = ada.get(f"{RULES}new", {"q": "station temp", "more": "1"}).content.decode()
    assert f'value="{town.series.uid}"' in text
    text = ada.get(f"{RULES}new", {"series": str(town.series.uid)}).content.decode()
    assert "A value above or below a limit" in text
    assert "Several series at once" not in text, "one series is no combination"
    text = ada.get(form_of(town, "threshold")).content.decode()
    assert "In °C." in text
    send(town, (-7_200, 31.0), (-3_600, 20.0))
    said = {"side": "above", "limit": "30", "for_min": "0.5", "back": "28"}
    answer = keep(town, "threshold", **said, deed="try")
    assert answer.status_code == 200
    assert "it would have fired 1 time." in answer.content.decode()
    assert not Rule.objects.exists()
    answer = keep(town, "threshold", **said, quiet_from="22:00", quiet_until="06:00", event_de="Hitze")
    made = Rule.objects.get()
    assert answer.status_code == 302
    assert made.terms == {"side": "above", "limit": 30.0, "back": 28.0, "for_s": 30}
    assert (made.severity, made.department, made.event) == ("severe", town.cast.parks, {"de": "Hitze"})
    text = ada.get(answer.headers["Location"]).content.decode()
    assert "Above 30 °C for 30 seconds; over again from 28 °C on." in text
    assert "Too warm" in ada.get(RULES).content.decode()


KINDS = {
    "rate": {"side": "rise", "change": "30", "per_s": "3600", "window_min": "15"},
    "missing": {"after_min": "120", "by": "received"},
    "stuck": {"for_min": "60", "count": "3", "tolerance": "0", "but": "0"},
    "outlier": {"side": "both", "times": "4", "weeks": "6", "least_weeks": "3"},
    "geofence": {"side": "leaves", "radius_m": "200"},
}


def test_every_kind_is_set_up_shown_and_changed(town: Town) -> None:
    ada = client(town, "ada")
    for kind, said in KINDS.items():
        assert keep(town, kind, **said).status_code == 302, kind
        made = Rule.objects.get(kind=kind)
        page = f"{RULES}{made.uid}/"
        assert ada.get(f"{page}?past=1").status_code == 200, kind
        form = ada.get(f"{page}change").context["form"]
        shown = {name: form[name].value() for name in form.fields}
        again = {name: value for name, value in shown.items() if str(value) not in {"None", "", "False"}}
        answer = ada.post(f"{page}change", again | {"title": "Other"})
        assert answer.status_code == 302, (kind, answer.context["form"].errors)
        before, made = made.terms, Rule.objects.get(kind=kind)
        assert (made.title, made.terms) == ("Other", before), kind


def test_a_combination_has_a_letter_for_each_series(town: Town) -> None:
    rain = setting_up.set_up_datastream(
        thing=town.thing, sensor=town.sensor, observed_property=town.temperature,
        by=town.cast.principal("ada"), name="Rain", unit_symbol="mm",
    )  # fmt: skip
    said = {"side_a": "above", "limit_a": "30", "side_b": "below", "limit_b": "1"}
    answer = keep(town, "combination", str(rain.uid), needs_all="any", fresh_min="60", **said)
    assert answer.status_code == 302
    text = client(town, "ada").get(answer.headers["Location"]).content.decode()
    assert "Any is so: a &gt; 30, b &lt; 1." in text
    made = Rule.objects.get()
    assert list(made.watched.order_by("letter").values_list("letter", "datastream")) == [
        ("a", town.series.pk),
        ("b", rain.pk),
    ]


def test_what_is_wrong_stands_beside_its_field(town: Town) -> None:
    answer = keep(town, "threshold", side="above", limit="30", back="40")
    assert answer.status_code == 422
    assert "back" in answer.context["form"].errors
    assert keep(town, "threshold", side="above").status_code == 422
    assert keep(town, "missing").context["form"].errors.keys() == {"by"}
    assert keep(town, "missing", by="phenomenon").context["form"].errors.keys() == {"after_min"}
    assert keep(town, "geofence", side="leaves", area="{").context["form"].errors.keys() == {"area"}
    assert not Rule.objects.exists()


def test_on_off_exercise_and_end(town: Town) -> None:
    keep(town, "threshold", side="above", limit="30")
    made, ada = Rule.objects.get(), client(town, "ada")
    page = f"{RULES}{made.uid}/"
    ada.post(f"{page}do", {"deed": "drill"})
    assert "An exercise is under way" in ada.get(page).content.decode()
    assert ada.post(f"{page}do", {"deed": "drill"}).status_code == 422
    assert ada.post(f"{page}do", {"deed": "remove"}).status_code == 422
    ada.post(f"{page}do", {"deed": "end_drill"})
    assert Alert.objects.filter(ended_at=None).count() == 0
    ada.post(f"{page}do", {"deed": "off"})
    assert not Rule.objects.get().is_on
    assert ada.post(f"{page}do", {"deed": "boil"}).status_code == 403
    assert ada.post(f"{page}do", {"deed": "remove"}).status_code == 302
    assert not Rule.objects.exists()


def test_who_may_not_sees_no_rule_and_no_button(town: Town) -> None:
    keep(town, "threshold", side="above", limit="30")
    made = Rule.objects.get()
    page = f"{RULES}{made.uid}/"
    assert "Too warm" not in client(town, "ben").get(RULES).content.decode()
    for address in (page, f"{page}change"):
        assert client(town, "ben").get(address).status_code == 404
        assert client(town).get(address).status_code == 302
        assert client(town, "egon").get(address).status_code == 403
    assert client(town, "ben").post(f"{page}do", {"deed": "off"}).status_code == 404
    series = f"/c/here/series/{town.series.uid}/"
    assert "Watch this series" not in client(town).get(series).content.decode()
    assert "Too warm" not in client(town).get(series).content.decode()
    text = client(town, "ada").get(series).content.decode()
    assert "Watch this series" in text
    assert page in text


def test_strange_addresses_are_answered(town: Town) -> None:
    ada = client(town, "ada")
    for asked in ("series=x", "series=%00", "q=%00&more=1", f"series={town.series.uid}&kind=x", "kind=rate"):
        assert ada.get(f"{RULES}new?{asked}").status_code == 200, asked


def test_a_list_of_many_rules_takes_no_more_questions(town: Town) -> None:
    ada = client(town, "ada")
    keep(town, "threshold", side="above", limit="30")
    ada.get(RULES)
    with CaptureQueriesContext(
        connection,
    ) as few:
        ada.get(RULES)
    for n in range(5):
        Rule.objects.create(
            city=town.cast.city, department=town.cast.parks, title=f"Rule {n}", kind=RuleKind.MISSING,
            terms={"after_s": 60, "by": "received"},
        )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        ada.get(RULES)
    assert len(many) == len(few)
