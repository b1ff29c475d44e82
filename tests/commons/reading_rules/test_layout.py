# SPDX-License-Identifier: EUPL-1.2
"""Where the table stands in a grid of cells."""

import pytest

from stoa.commons.reading.rules.layout import find_layout, told_layout
from stoa.ground.problems import Refused


def layout(text: str, merged=()):
    rows = tuple(tuple(cell.strip() for cell in line.split("|")) for line in text.strip("\n").split("\n"))
    return find_layout(rows[:500], rows[-50:], len(rows), merged)


DATA = "\n".join(f"Ort {n}|{n}|{n}.5" for n in range(1, 9))


def test_a_plain_heading_is_found():
    found = layout(f"Name|Zahl|Wert\n{DATA}")
    assert (found.header_rows, found.first, found.footer_rows) == ((1,), 2, 0)
    assert found.headings == ("Name", "Zahl", "Wert")


def test_lines_before_the_heading_are_noted():
    found = layout(f"Rechnungen im Juni||\n||\nName|Zahl|Wert\n{DATA}")
    assert found.header_rows == (3,)
    assert found.noted[0].rows == (1, 2)


def test_a_table_without_headings_says_so():
    found = layout("1|2.5|2020-01-01\n2|3.5|2020-01-02\n3|4.5|2020-01-03")
    assert found.header_rows == ()
    assert found.first == 1


def test_years_and_hours_may_be_headings():
    assert layout("Ergebnis|2009|2010\nSteuern|-4.5|-3.5\nSumme X|-1.5|-2.5").header_rows == (1,)
    assert layout("Name / Date|0:00|1:00\nMQ1|80|166\nMQ2|36|68").header_rows == (1,)


def test_two_heading_rows_are_joined():
    found = layout("||Folgen|Folgen\nOrt|Tag|T|SV\nA|Mo|1|2\nB|Di|3|4\nC|Mi|5|6")
    assert found.header_rows == (1, 2)
    assert found.headings == ("Ort", "Tag", "Folgen / T", "Folgen / SV")


def test_a_second_line_of_capacities_in_brackets_is_no_data():
    found = layout("Zeit|PH 1|PH 2\nAnzahl|(1000)|(743)\n2026-06-01 00:00|5|635\n2026-06-01 00:15|6|636")
    assert found.first == 3
    assert found.noted[0].rows == (2,)


def test_a_row_of_units_gives_the_units():
    found = layout("Zeit|Wind|Temp\n|km/h|°C\n2026-06-01|5|6\n2026-06-02|5|7")
    assert found.first == 3 or found.header_rows == (1, 2)


def test_headings_that_come_again_are_skipped():
    found = layout(f"Name|Zahl|Wert\n{DATA}\nName|Zahl|Wert\n{DATA}")
    assert found.skip_rows == (10,)


@pytest.mark.parametrize(
    "footer",
    [
        "Insgesamt|36|40",
        "Quelle: Stadt||",
        "Erstellungsdatum:|2024-11-28|",
        "||",
        "||\nEin Hinweis zum Schluss||",
    ],
)
def test_footers_are_cut_off(footer):
    found = layout(f"Name|Zahl|Wert\n{DATA}\n{footer}")
    assert found.footer_rows == footer.count("\n") + 1


def test_a_last_row_that_is_data_stays():
    assert layout(f"Name|Zahl|Wert\n{DATA}\nTotalitarismusweg|9|9.5").footer_rows == 0


def test_sums_between_heading_and_data_set_apart_are_skipped():
    found = layout(f"Name|Zahl|Wert\n||\n|36|40\n||\n{DATA}")
    assert found.first == 5


def test_a_report_with_its_heading_on_every_second_line_is_refused():
    lines = "\n".join(f"Ort {n}|1|2|3|4|5\n|Pers.|Pkw|Rad|Jahre|Azubi" for n in range(10))
    with pytest.raises(Refused) as refused:
        layout(lines)
    assert refused.value.problem.code == "reading.not_one_table"


def test_a_table_without_rows_is_refused():
    with pytest.raises(Refused) as refused:
        layout("Name|Zahl")
    assert refused.value.problem.code == "reading.table_empty"


def test_somebody_may_say_where_the_headings_stand():
    rows = (("x", "y"), ("Name", "Zahl"), ("a", "1"))
    assert told_layout(rows, rows, 3, (2,)).headings == ("Name", "Zahl")
    assert told_layout(rows, rows, 3, ()).first == 1


def test_a_day_on_which_all_car_parks_are_closed_is_no_report():
    lines = "\n".join(f"2026-06-21 {hour:02}:00|ges|ges|ges|ges|ges|{hour}" for hour in range(20))
    found = layout(f"Zeit|PH 1|PH 2|PH 3|PH 4|PH 5|PH 6\n{lines}")
    assert found.header_rows == (1,)


REMARK = "Die Verwaltung hat dem Arbeitskreis einen Entwurf vorgelegt, der nun beraten wird."


def test_labels_with_texts_that_run_on_below_are_a_report():
    with pytest.raises(Refused) as refused:
        layout(f"Titel|Klimafonds\nSachstand|{REMARK}\n|{REMARK}\nPlan|{REMARK}\n|{REMARK}\nStand|offen")
    assert refused.value.problem.code == "reading.not_one_table"


def test_a_list_with_long_remarks_is_no_report():
    lines = "\n".join(f"Park {n}|{REMARK}" for n in range(9))
    assert layout(f"Name|Bemerkung\n{lines}").header_rows == (1,)


def test_footnotes_below_an_empty_row_are_cut_off():
    notes = f"||||\nFußnoten||||\n1.|{REMARK}|||\n2.|{REMARK}|||"
    data = "\n".join(f"Ort {n}|{n}|{n}|{n}|{n}" for n in range(9))
    assert layout(f"Name|2010|2011|2012|2013\n{data}\n{notes}").footer_rows == 4


def test_short_rows_with_a_number_before_a_name_stay():
    data = "\n".join(f"{n}.|Ein ziemlich langer Straßenname {n}|{n}|{n}|{n}" for n in range(1, 9))
    assert layout(f"Nr|Name|2011|2012|2013\n{data}\n9.|Ost|||").footer_rows == 0


def test_rows_that_repeat_the_same_words_are_no_report():
    closed = "\n".join(f"2026-06-0{n}|ges|ges|ges|ges|ges|{n}" for n in range(1, 9))
    assert layout(f"Zeit|A|B|C|D|E|F\n{closed}").header_rows == (1,)
    spend = "\n".join(f"Amt|Abteilung|Firma|Zweck|Konto|{n}.5" for n in range(1, 9))
    assert layout(f"A|B|C|D|E|Betrag\n{spend}").header_rows == (1,)
