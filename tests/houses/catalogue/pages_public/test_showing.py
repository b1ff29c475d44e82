# SPDX-License-Identifier: EUPL-1.2
"""Cells are written by column at once as they are written one by one, and nothing of a file becomes markup."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from stoa.ground.tables import ColumnSpec, Kind
from stoa.houses.catalogue.pages.public.filter_form import column_choices, filter_fields
from stoa.houses.catalogue.pages.public.filtering import Field, Input
from stoa.houses.catalogue.pages.public.showing import for_machines, in_words, writer
from stoa.houses.catalogue.rules.table_questions import is_label_number
from stoa.web.parts import Column, Sorted, Table
from stoa.web.table_body import table_head

EVIL = """<b a="1" b='2'>&amp;"""
VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.TEXT: st.text(max_size=50),
    Kind.INTEGER: st.integers(-(2**53), 2**53),
    Kind.NUMBER: st.floats(allow_nan=False),
    Kind.BOOLEAN: st.booleans(),
    Kind.DATE: st.dates(),
    Kind.DATETIME: st.datetimes(
        dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1), timezones=st.just(dt.UTC)
    ),
    Kind.TIME: st.times(),
}  # fmt: skip


@pytest.mark.parametrize("kind", list(Kind))
@given(data=st.data(), name=st.sampled_from(["amount", "plz"]), language=st.sampled_from(["en", "de"]))
def test_a_column_is_written_as_its_values_are_one_by_one(
    kind: Kind, data: st.DataObject, name: str, language: str
) -> None:
    spec = ColumnSpec(name, name, kind)
    value = data.draw(st.none() | VALUES[kind])
    with translation.override(language), timezone.override(ZoneInfo("Europe/Berlin")):
        cell = writer(spec)(value, 7)
        assert cell.text == in_words(value, is_name=is_label_number(spec))
        assert cell.value == (for_machines(value) if kind in {Kind.INTEGER, Kind.NUMBER} else "")


def test_the_naming_cell_of_a_row_is_never_empty_and_a_long_text_is_cut_at_a_word() -> None:
    spec = ColumnSpec("name", "Name", Kind.TEXT)
    with translation.override("en"):
        assert writer(spec, is_named=True)(None, 1234).text == "Row 1234"
        assert writer(spec, is_named=True)("", 5).text == "Row 5"
    assert writer(spec)("word " * 100, 1).text == ("word " * 100)[:300].rsplit(" ", 1)[0] + " …"


def test_nothing_that_a_file_says_becomes_markup() -> None:
    listed = Input(EVIL, EVIL, "list", EVIL, [(EVIL, EVIL, True)])
    form = filter_fields([Field(EVIL, EVIL, [listed, Input(EVIL, EVIL, "text", EVIL)], is_used=True)])
    boxes = column_choices([(EVIL, EVIL, True)], is_chosen=True)
    heads = table_head(Table("", [Column(EVIL, EVIL, EVIL, sort_url=EVIL, sorted=Sorted.UP)], []))
    for html in (form, boxes, heads):
        assert "<b" not in html
        assert 'a="1"' not in html
        assert "'" not in html
    assert form.count("selected") == boxes.count("checked") == heads.count('aria-sort="ascending"') == 1
