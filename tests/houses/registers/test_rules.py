# SPDX-License-Identifier: EUPL-1.2
"""What may be seen, what is missing and what changed, against slow and obvious answers."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.houses.registers.town import raw

from stoa.ground.geometry import LonLat
from stoa.houses.registers.kinds import SHIPPED
from stoa.houses.registers.kinds.sensors import SENSORS
from stoa.houses.registers.rules.checking import completeness, objections
from stoa.houses.registers.rules.clustering import DIGITS, spots
from stoa.houses.registers.rules.declaring import Field, FieldType, Group, Kind, Term, When
from stoa.houses.registers.rules.differences import differences
from stoa.houses.registers.rules.publicity import lasting_part, public_part, still_public
from stoa.houses.registers.rules.reading import read_values
from stoa.houses.registers.rules.sheets import headings_of, merged, raw_of, targets, text_of
from stoa.houses.registers.rules.tabling import columns_of, row_of
from stoa.houses.registers.rules.workflow import Due, due, may_step
from stoa.houses.registers.terms import State

SETTINGS = settings(max_examples=40, deadline=None)
CODES = ("a", "b", "c")
WHEN = st.none() | st.builds(When, st.just("code"), st.lists(st.sampled_from(CODES), unique=True).map(tuple))
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "code": st.sampled_from(CODES),
        **{f"t{n}": st.text("xyz", min_size=1, max_size=3) for n in range(4)},
    },
)


@st.composite
def kinds(draw: Any) -> Kind:
    """A register of a code and four texts, with conditions that hang on the code."""
    fields = [Field("code", FieldType.CODE, "Code", vocabulary=tuple(Term(code, code) for code in CODES))]
    for n in range(4):
        personal = draw(st.booleans())
        fields.append(
            Field(
                f"t{n}",
                FieldType.TEXT,
                f"Text {n}",
                is_required=draw(st.booleans()),
                required_when=draw(WHEN),
                used_when=draw(WHEN),
                public_when=draw(WHEN),
                is_personal=personal,
                is_public=not personal and draw(st.booleans()),
            )
        )
    return Kind(
        "k", "K", "About", "One", (Group("All", tuple(fields)),), title_field="t0", expected=("t1", "t2")
    )


def _holds(when: When | None, values: dict[str, Any], *, otherwise: bool) -> bool:
    return otherwise if when is None else values.get("code") in when.is_one_of and "code" in values


@given(kinds(), VALUES)
@SETTINGS
def test_the_public_sees_a_field_only_if_everything_says_so(kind: Kind, values: dict[str, Any]) -> None:
    expected = {
        field.name: values[field.name]
        for field in kind.fields
        if field.is_public and field.name in values and _holds(field.public_when, values, otherwise=True)
    }
    assert public_part(kind, values) == expected
    assert not {field.name for field in kind if field.is_personal} & set(lasting_part(kind, values))


@given(kinds(), VALUES, VALUES)
@SETTINGS
def test_an_earlier_state_shows_today_what_was_public_then_and_is_closed_by_nothing_since(
    kind: Kind, old: dict[str, Any], now: dict[str, Any]
) -> None:
    shown = still_public(kind, old, [now])
    for field in kind.fields:
        then = field.name in public_part(kind, old)
        today = field.is_public and _holds(
            field.public_when, {**old, "code": now.get("code")}, otherwise=True
        )
        assert (field.name in shown) is (then and today)


@given(kinds(), VALUES)
@SETTINGS
def test_what_is_missing_is_what_is_needed_and_unsaid(kind: Kind, values: dict[str, Any]) -> None:
    missing, wanted, said = [], 0, 0
    for field in kind.fields:
        makes_sense = _holds(field.used_when, values, otherwise=True)
        needed = makes_sense and (field.is_required or _holds(field.required_when, values, otherwise=False))
        if needed and field.name not in values:
            missing.append(field.name)
        if needed or (makes_sense and field.name in kind.expected):
            wanted += 1
            said += field.name in values
    assert [problem.field for problem in objections(kind, values)] == missing
    measured = completeness(kind, values)
    assert measured.share == (100 if wanted == 0 else said * 100 // wanted)
    assert (measured.share == 100) == (not measured.missing)


@given(VALUES, VALUES)
@SETTINGS
def test_a_difference_is_a_field_that_says_something_else(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    fields = (Field("code", FieldType.TEXT, "C"), *(Field(f"t{n}", FieldType.TEXT, "T") for n in range(4)))
    kind = Kind("k", "K", "A", "O", (Group("G", fields),), title_field="t0")
    found = {one.field.name: (one.before, one.after) for one in differences(kind, before, after)}
    names = {*before, *after}
    assert found == {
        name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    }


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=25))
@SETTINGS
def test_entries_share_a_spot_if_they_agree_to_a_metre(cells: list[tuple[int, int]]) -> None:
    placed = [(n, LonLat(7 + x * 10**-DIGITS, 52 + y * 10**-DIGITS)) for n, (x, y) in enumerate(cells)]
    groups = defaultdict(list)
    for n, cell in enumerate(cells):
        groups[cell].append(n)
    assert sorted(list(spot.members) for spot in spots(placed)) == sorted(groups.values())


@given(st.integers(-400, 400), st.integers(0, 365))
@SETTINGS
def test_the_last_day_still_counts(days: int, remind: int) -> None:
    today = date(2026, 6, 1)
    found = due(today + timedelta(days=days), today, remind)
    assert found is (Due.END if days < 0 else Due.REMINDER if days <= remind else Due.NOTHING)
    assert due(None, today, remind) is Due.NOTHING


def test_every_state_can_be_left_and_none_leads_to_itself() -> None:
    for state in State:
        assert any(may_step(state, then) for then in State)
        assert not may_step(state, state)
    assert not may_step(State.RETIRED, State.PUBLISHED)


@pytest.mark.parametrize(
    ("name", "said", "kept"),
    [
        ("title", "  Two\n words ", "Two words"),
        ("type", "Camera or other light", "optical"),
        ("themes", "water, air; mobility", ["mobility", "air", "water"]),
        ("mobile", "ja", "yes"),
        ("mobile", False, "no"),
        ("personal_data", "unbekannt", "unknown"),
        ("place", "7,6261; 51,9607", [7.6261, 51.9607]),
        ("place", [7, 52.5], [7.0, 52.5]),
        ("ends_on", "1.2.2030", "2030-02-01"),
        ("ends_on", "2030-02-01T00:00:00", "2030-02-01"),
        ("retention_months", "12", 12),
        ("retention_months", 0, 0),
        ("regions", "North\n\nEast\nNorth", ["North", "East"]),
        ("dataset", "https://town.example/datasets/bicycle-counts", "bicycle-counts"),
        ("remark", "a\r\nb", "a\nb"),
    ],
)
def test_what_people_write_is_understood(name: str, said: Any, kept: Any) -> None:
    values, problems = read_values(SENSORS, {name: said})
    assert (values, problems) == ({name: kept}, [])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("title", "x" * 301),
        ("title", "a\0b"),
        ("type", "zeppelin"),
        ("themes", "air, nonsense"),
        ("mobile", "perhaps"),
        ("place", "here"),
        ("place", [7.6]),
        ("place", [0, 0]),
        ("place", [190, 10]),
        ("place", ["nan", "1"]),
        ("ends_on", "31.2.2030"),
        ("ends_on", "0001-01-01"),
        ("retention_months", "-1"),
        ("retention_months", "99999"),
        ("website", "javascript:alert(1)"),
        ("website", "https://user:secret@town.example/"),
        ("website", "http://[::1"),
        ("public_contact", "nobody"),
        ("contact_phone", "call me"),
        ("dataset", "No Such Name!"),
        ("goals", "a text"),
        ("goals", [{"goal": "x"}] * 11),
        ("regions", ["x" * 201]),
        ("nonsense", "1"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(name: str, said: Any) -> None:
    values, problems = read_values(SENSORS, {name: said})
    assert name not in values
    assert [problem.field for problem in problems] == [name]


def test_a_problem_with_what_is_personal_does_not_repeat_it() -> None:
    _values, [problem] = read_values(SENSORS, {"contact_email": "ida keller at home"})
    assert "ida" not in str(problem)


@given(
    st.dictionaries(
        st.sampled_from([field.name for field in SENSORS]),
        st.text(max_size=30) | st.lists(st.text(max_size=9), max_size=3) | st.none() | st.integers(),
    )
)
@SETTINGS
def test_whatever_is_sent_nothing_breaks_and_what_was_read_is_read_again_the_same(
    said: dict[str, Any],
) -> None:
    values, _problems = read_values(SENSORS, said)
    again, problems = read_values(SENSORS, values)
    assert (again, problems) == (values, [])


@pytest.mark.parametrize("kind", SHIPPED.values(), ids=SHIPPED)
def test_a_shipped_kind_reads_its_own_template_and_its_own_export(kind: Kind) -> None:
    headings = headings_of(kind)
    assert None not in targets(kind, headings, lambda label: [label])
    table = columns_of(kind, str)
    assert len({column.name for column in table}) == len(table)


def test_a_sheet_says_what_the_export_of_an_entry_says() -> None:
    values, _none = read_values(
        SENSORS, raw(themes=["air", "water"], goals=[{"goal": "One"}, {"goal": "Two"}])
    )
    shown = public_part(SENSORS, values)
    table = columns_of(SENSORS, str)
    first = dict.fromkeys(("id", "code", "in_use", "department", "published_on", "ended_on"), "")
    cells = row_of(table, first, shown, SENSORS)
    found = targets(SENSORS, [column.name.replace("_", " ") for column in table], lambda label: [label])
    again, problems = read_values(SENSORS, merged(SENSORS, values, raw_of(SENSORS, found, cells)))
    assert (again, problems) == (values, [])


def test_cells_are_written_as_a_person_would() -> None:
    assert [text_of(cell) for cell in (None, True, 3.0, 3.5, date(2026, 5, 1), " x ", "n/a")] == [
        "", "yes", "3", "3.5", "2026-05-01", "x", "",
    ]  # fmt: skip


def test_a_declaration_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="personal"):
        Field("x", FieldType.TEXT, "X", is_personal=True)
    with pytest.raises(ValueError, match="vocabulary"):
        Field("x", FieldType.CODE, "X")
    with pytest.raises(ValueError, match="no field"):
        dataclasses.replace(SENSORS, filters=("nothing",))
    with pytest.raises(ValueError, match="same name"):
        dataclasses.replace(SENSORS, groups=(*SENSORS.groups, *SENSORS.groups))
