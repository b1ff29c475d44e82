# SPDX-License-Identifier: EUPL-1.2
"""Text of a sheet that looks like a far-away cell is no cell."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from stoa.commons.reading.door import Limits
from stoa.commons.reading.formats.sheet_checks import check_workbook
from stoa.commons.reading.formats.sheets import cell_text
from stoa.ground.problems import Refused


def sheet(folder: Path, cells: str) -> Path:
    path = folder / "t.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            f'<worksheet><sheetData><row r="1">{cells}</row></sheetData></worksheet>',
        )
    return path


def test_words_that_look_like_a_cell_do_not_count(tmp_path):
    words = '<c r="A1" t="inlineStr"><is><t>see r="XFD9" there</t></is></c>'
    check_workbook(sheet(tmp_path, words), "xlsx", Limits(columns=100))


@pytest.mark.parametrize("cell", ['<c r="XFD1"/>', '<c s="1"\n r="XFD1"/>', '<x:c r="ZZ1" s="2"/>'])
def test_a_far_away_cell_is_refused(tmp_path, cell):
    with pytest.raises(Refused) as refused:
        check_workbook(sheet(tmp_path, cell), "xlsx", Limits(columns=100))
    assert refused.value.problem.code == "reading.columns_too_many"


@pytest.mark.parametrize(
    ("value", "text"),
    [(3.0, "3"), (-0.0, "0"), (2.5, "2.5"), (1e15, "1000000000000000.0"), (1e16, "1e+16"), (-7.0, "-7")],
)
def test_a_number_is_written_without_a_point_it_does_not_need(value, text):
    assert cell_text(value) == text
