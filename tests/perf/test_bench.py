# SPDX-License-Identifier: EUPL-1.2
"""The arithmetic of the bench, and that no bar is left without a measure. Nothing is timed here."""

from __future__ import annotations

from contextlib import closing

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.perf import bars, messy, paper
from tests.perf.asking import address, question
from tests.perf.figures import (
    Figure,
    at_most,
    p95_ms,
    percentile,
    shown,
    unmeasured,
    verdict,
    within,
)

from stoa.commons.lake.values import Filter, Op, Query, VersionRef
from stoa.ground.tables import ColumnSpec, Kind


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60), st.integers(1, 100))
def test_a_percentile_is_the_smallest_value_that_enough_values_do_not_exceed(
    values: list[float], share: int
) -> None:
    found = percentile(values, share / 100)
    enough = [v for v in values if sum(other <= v for other in values) * 100 >= share * len(values)]
    assert found == min(enough)


@pytest.mark.parametrize(("values", "share"), [([], 0.95), ([1.0], 0), ([1.0], 1.5)])
def test_a_percentile_of_nothing_is_no_figure(values: list[float], share: float) -> None:
    with pytest.raises(ValueError, match="nothing"):
        percentile(values, share)


def test_one_slow_page_of_twenty_is_not_the_95th_percentile_and_two_are() -> None:
    assert p95_ms([0.01] * 19 + [9.0]) == pytest.approx(10)
    assert p95_ms([0.01] * 18 + [9.0] * 2) == pytest.approx(9000)


def test_a_value_on_its_bar_meets_it_and_one_above_misses_it() -> None:
    assert verdict(at_most("page", 60.0, "ms", 60)) == "met"
    assert verdict(at_most("page", 60.1, "ms", 60)) == "MISSED"


def test_a_bar_in_multiples_is_held_against_the_peer() -> None:
    met, missed = (within("publish", spent, "s", times=5, peer=1.2) for spent in (6.0, 6.1))
    assert (met.ratio, met.met) == (pytest.approx(5), True)
    assert (missed.ratio, missed.met) == (pytest.approx(6.1 / 1.2), False)


def test_a_peer_that_took_no_time_is_a_defect_of_the_measure() -> None:
    with pytest.raises(ValueError, match="no time"):
        within("publish", 1.0, "s", times=5, peer=0.0)


def test_what_was_not_measured_is_never_called_met() -> None:
    figures = [unmeasured("tiles peer z12", "no PostGIS", "<= 1 x"), shown("size", 3, "MB")]
    assert [verdict(figure) for figure in figures] == ["not measured", "-"]
    assert paper.summary(figures).startswith(
        "0 of 1 figures with a bar meet it, 0 miss it, 1 were not measured"
    )


def test_every_bar_has_exactly_one_measure_and_every_measure_a_bar() -> None:
    answered = [bar for name in bars.MEASURES for bar in bars.measure_module(name).ANSWERS]
    assert sorted(answered) == sorted(bars.BARS)


def test_a_measure_that_leaves_a_bar_out_is_found() -> None:
    figures = [
        at_most("publish memory", 1, "MiB", 2),
        shown("start", 1, "s"),
        at_most("group, HTTP, x", 1, "ms", 2),
    ]
    assert bars.unanswered(figures, ("publish", "publish memory", "start", "group")) == ["publish", "start"]


def test_the_page_names_every_figure_and_warns_of_a_trial() -> None:
    figures = [
        at_most("table page", 61, "ms", 60, "with a | in it"),
        within("download", 1, "s", times=2, peer=1),
    ]
    page = paper.for_reference(figures, {"Cores": "2"}, day="2026-11-21", scale=0.1, minutes=3)
    assert "| table page | 61.0 ms | ≤ 60 ms |  |  | MISSED |" in page
    assert "| download | 1.00 s | ≤ 2 x | 1.00 s | 1.00 x | met |" in page
    assert "with a \\| in it" in page
    assert "trial with 0.1" in page
    assert "trial" not in paper.for_reference(figures, {}, day="2026-11-21", scale=1.0, minutes=3)


def test_a_figure_keeps_three_digits_that_mean_something() -> None:
    cells = [paper.columns_of(Figure("x", value, "ms"))[1] for value in (1234.5, 34.56, 3.456)]
    assert cells == ["1,234 ms", "34.6 ms", "3.46 ms"]


def test_the_messy_file_and_its_clean_twin_say_the_same() -> None:
    with closing(duckdb.connect()) as connection:
        messy_rows = connection.execute(messy.rows_sql(400, messy=True)).fetchall()
        clean_rows = connection.execute(messy.rows_sql(400, messy=False)).fetchall()
    amount = [column.heading for column in messy.COLUMNS].index("Betrag (EUR)")
    day = [column.heading for column in messy.COLUMNS].index("Angelegt am")
    assert len(messy.COLUMNS) == 20
    for dirty, clean in zip(messy_rows, clean_rows, strict=True):
        assert float(dirty[amount].replace(".", "").replace(",", ".")) == pytest.approx(float(clean[amount]))
        assert dirty[day] == clean[day].strftime("%d.%m.%Y")
    assert any("." in row[amount] for row in messy_rows)


def test_the_messy_file_is_one_that_a_department_would_send(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("messy")
    raw = messy.write_messy(folder, 300).read_bytes()
    assert raw.count(b"\r\n") == 301
    assert raw.count(b"\n") == 301
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")
    assert raw.decode("cp1252").splitlines()[0].split(";") == [column.heading for column in messy.COLUMNS]


def test_every_question_is_another_one_and_stands_in_the_address() -> None:
    columns = (
        ColumnSpec("status", "Status", Kind.TEXT),
        ColumnSpec("betrag_eur", "Betrag (EUR)", Kind.NUMBER),
    )
    ref = VersionRef("x", columns, rows=10)
    assert len({question(ref, n) for n in range(1000)}) == 1000
    query = Query((Filter("status", Op.IS, ("in Arbeit",)),), sort="-betrag_eur")
    assert (
        address("a", query, after="b") == "/datasets/a/table?f.status.is=in+Arbeit&sort=-betrag_eur&after=b"
    )
