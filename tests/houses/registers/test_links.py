# SPDX-License-Identifier: EUPL-1.2
"""Entries that name other entries, and the board of what is on its way to the public."""

from __future__ import annotations

from typing import Any

import pytest
from tests.houses.registers.town import OPERATOR, SLUG, Town, raw

from stoa.ground.problems import Refused
from stoa.houses.registers import door
from stoa.houses.registers.actions.declaring import add_field
from stoa.houses.registers.actions.keeping import draft_entry
from stoa.houses.registers.actions.publishing import publish_entry, retire_entry, submit_entry
from stoa.houses.registers.kinds.sensors import SENSORS
from stoa.houses.registers.models import Entry
from stoa.houses.registers.queries.kinds import kind_of
from stoa.houses.registers.rules.declared import FieldTold

pytestmark = pytest.mark.django_db


@pytest.fixture
def linked(town: Town) -> Town:
    """The city wants to know which entries belong together."""
    told = FieldTold(label={"en": "Belongs to"}, type="entries", help={}, is_public=True)
    add_field(city=town.city, slug="sensors", by=OPERATOR, told=told)
    return town


def enter(town: Town, who: str = "operator", *, is_public: bool = True, **said: Any) -> Entry:
    kind = kind_of(town.city, "sensors")
    by = OPERATOR if who == "operator" else town.by(who)
    entry = draft_entry(city=town.city, kind=kind, department=town.parks, raw=raw(**said), by=by)
    return publish_entry(entry=entry, kind=kind, by=OPERATOR) if is_public else entry


def page(town: Town, entry: Entry, who: str = "nobody") -> str:
    return str(town.get(f"/registers/sensors/{entry.code}", who).content.decode())


def test_an_entry_leads_to_those_that_it_names_and_they_lead_back(linked: Town) -> None:
    mast = enter(linked, title="Mast 7", reference="M-7")
    address = f"https://town.example/c/{SLUG}/registers/sensors/{mast.code}/"
    camera = enter(linked, title="Camera", reference="K-1", belongs_to=address)
    assert camera.values["belongs_to"] == [mast.code]
    assert f'href="/c/{SLUG}/registers/sensors/{mast.code}"' in page(linked, camera)
    assert "Mast 7" in page(linked, camera)
    assert "Other entries that name this one" in page(linked, mast)
    assert f'href="/c/{SLUG}/registers/sensors/{camera.code}"' in page(linked, mast)
    assert door.entry(city=linked.city, by=OPERATOR, kind="sensors", code=camera.code).values[
        "belongs_to"
    ] == [mast.code]
    retire_entry(entry=camera, kind=SENSORS, by=OPERATOR, reason="Gone")
    assert "Other entries that name this one" not in page(linked, mast)


def test_a_draft_that_is_named_is_not_shown_to_anybody(linked: Town) -> None:
    hidden = enter(linked, title="Not yet told", reference="N-1", is_public=False)
    camera = enter(linked, title="Camera", reference="K-1", belongs_to=hidden.code)
    assert "Not yet told" not in page(linked, camera)
    assert f"/registers/sensors/{hidden.code}" not in page(linked, camera)


@pytest.mark.parametrize(
    ("named", "code"),
    [("abcdefg", "registers.entry_unknown"), ("not a code!", "registers.value_unreadable")],
)
def test_a_link_that_leads_nowhere_is_refused(linked: Town, named: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        enter(linked, "registrar", belongs_to=named)
    assert (refused.value.problem.code, refused.value.problem.field) == (code, "belongs_to")
    assert not Entry.objects.exists()


def test_nobody_finds_out_what_another_department_drafts(linked: Town) -> None:
    hidden = enter(linked, title="Not yet told", reference="N-1", is_public=False)
    kind = kind_of(linked.city, "sensors")
    said = raw(belongs_to=hidden.code)
    with pytest.raises(Refused) as refused:
        draft_entry(
            city=linked.city, kind=kind, department=linked.traffic, raw=said, by=linked.by("colleague")
        )
    assert refused.value.problem.code == "registers.entry_unknown"


# -- the board


def board(town: Town, who: str, query: str = "") -> str:
    return str(town.get(f"/desk/registers/sensors/?view=board{query}", who).content.decode())


def test_the_board_has_a_column_for_each_state(town: Town) -> None:
    enter(town, title="Begun", reference="1", is_public=False)
    submit_entry(entry=enter(town, title="Sent", reference="2", is_public=False), kind=SENSORS, by=OPERATOR)
    enter(town, title="Shown", reference="3")
    retire_entry(entry=enter(town, title="Over", reference="4"), kind=SENSORS, by=OPERATOR, reason="Gone")
    text = board(town, "registrar")
    order = ["Draft", "Begun", "In review", "Sent", "Published", "Shown", "No longer in use", "Over"]
    places = [text.index(f"{word}<" if word in order[1::2] else f"{word} <span") for word in order]
    assert places == sorted(places)
    assert "Begun" not in board(town, "registrar", "&q=Shown")
    assert "Begun" not in board(town, "colleague")
    for who in ("nobody", "reader", "stranger"):
        assert town.get("/desk/registers/sensors/?view=board", who).status_code in {302, 403}


def test_a_long_column_leads_to_the_list(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from stoa.houses.registers.pages.desk import board as module
    from stoa.houses.registers.pages.desk import home

    for one in (module, home):
        monkeypatch.setattr(one, "SHOWN", 2)
    for number in range(3):
        enter(town, title=f"Entry {number}", reference=str(number), is_public=False)
    text = board(town, "registrar")
    assert text.count("<h3><a") == 2
    assert 'href="?state=draft"' in text
