# SPDX-License-Identifier: EUPL-1.2
"""Whatever somebody sends is opened or refused with a code; nothing else ever comes out."""

from __future__ import annotations

import gzip
import io
import json
import stat
import struct
import tempfile
import zipfile
import zlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stoa.commons.reading.door import Limits, Order
from stoa.commons.reading.formats.opening import open_table
from stoa.commons.reading.formats.raw import Cut, TextTable, TypedTable
from stoa.ground.problems import Refused

LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><%s><Placemark><name>&c;</name></Placemark></%s>"""


def code_of(opened, content: bytes | Path, name: str, **more: object) -> str:
    with pytest.raises(Refused) as refusal:
        opened(content, name, **more)
    problem = refusal.value.problem
    assert problem.what.text
    assert problem.why.text
    assert problem.do.text
    assert "%(" not in str(problem)
    return problem.code


def zipped(members: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", how) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def workbook(cells: dict[str, object]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet("Eins")
        for place, value in cells.items():
            sheet.write(place, value)
    return target.getvalue()


@pytest.mark.parametrize("name", ["x.csv", "x.xlsx", "x.json", "x.gpkg"])
def test_an_empty_file_is_refused(opened, name: str) -> None:
    assert code_of(opened, b"", name) == "reading.file_empty"


@pytest.mark.parametrize("content", [b"\n\n\n", b" \t \r\n", b"\xef\xbb\xbf"])
def test_a_file_of_blanks_is_refused(opened, content: bytes) -> None:
    assert code_of(opened, content, "x.csv").startswith("reading.")


def test_a_file_of_zeros_is_refused(opened) -> None:
    assert code_of(opened, b"\0" * 100_000, "x.csv") == "reading.file_only_zeros"


def test_ten_gigabytes_of_nothing_are_refused_by_their_size(opened, tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(10 * 1024**3)
    assert code_of(opened, path, "huge.csv") == "reading.file_too_large"


def test_a_picture_named_csv_is_refused_as_a_picture(opened) -> None:
    assert code_of(opened, b"\x89PNG\r\n\x1a\n" + bytes(50), "x.csv") == "reading.type_not_taken"


def test_an_error_page_named_csv_is_refused_as_a_web_page(opened) -> None:
    page = b"<!DOCTYPE html>\n<html><head><title>404</title></head><body>a,b,c</body></html>"
    assert code_of(opened, page, "x.csv") == "reading.file_is_web_page"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"%PDF-1.7 ...", "x.pdf"),
        (b"RDX3\nX\n\0\0", "x.rda"),
        (gzip.compress(b"RDX3\nX\n\0\0", mtime=0), "x.rda"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(30), "x.7z"),
        (b"\x0a\x0d\x0a\x03\x32\x2e\x30\x10\x00\x18\x8f\xb9\x01\x02\x03\x04\x05\x06" * 20, "x.pb"),
        (b"\0\0\0\x0d\n\tOSMHeader" + bytes(40), "x.osm.pbf"),
        (zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}), "x.docx"),
    ],
    ids=["pdf", "rda", "packed rda", "7z", "pb", "osm.pbf", "docx"],  # bytes of archives hold the time of day
)
def test_what_is_no_table_is_refused_by_its_kind(opened, content: bytes, name: str) -> None:
    assert code_of(opened, content, name) == "reading.type_not_taken"


def test_a_spreadsheet_with_a_password_is_refused_as_such(opened) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le")
    assert code_of(opened, ole, "x.xlsx") == "reading.file_encrypted"


def test_sixteen_thousand_columns_are_refused(opened) -> None:
    wide = (",".join(f"c{n}" for n in range(16_000)) + "\n" + ",".join("1" * 16_000) + "\n").encode()
    assert code_of(opened, wide, "x.csv") == "reading.columns_too_many"
    assert code_of(opened, workbook({"A1": 1, "XFD1": 2, "A2": 1}), "x.xlsx") == "reading.columns_too_many"


def test_two_cells_in_far_corners_do_not_become_one_huge_block(opened) -> None:
    far = workbook({"A1": 1, "ZZ1048576": 2})
    assert code_of(opened, far, "x.xlsx") == "reading.sheet_too_large"


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_cell_of_five_megabytes_is_refused(opened, quote: str) -> None:
    cell = quote + "x" * 5_000_000 + quote
    assert code_of(opened, f"a,b\n1,{cell}\n".encode(), "x.csv") == "reading.cell_too_long"
    lines = quote + "x\n" * 2_500_000 + quote
    if quote:
        assert opened(f"a,b\n1,{lines}\n".encode(), "x.csv").table.quote == ""


def test_a_zip_bomb_is_refused_by_its_ratio(opened) -> None:
    assert code_of(opened, zipped({"a.csv": b"1,2\n" * 12_000_000}), "x.zip") == "reading.archive_is_bomb"


def test_a_gzip_bomb_is_refused_while_it_unfolds(opened) -> None:
    bomb = gzip.compress(bytes(60_000_000))
    assert code_of(opened, bomb, "x.csv.gz") in {"reading.archive_too_large", "reading.archive_is_bomb"}


def test_an_archive_in_an_archive_is_not_opened(opened) -> None:
    inner = zipped({"a.csv": b"a,b\n1,2\n"})
    assert code_of(opened, zipped({"inner.zip": inner}), "x.zip") == "reading.no_table_found"
    assert code_of(opened, gzip.compress(inner), "x.zip.gz") == "reading.type_not_taken"


def test_a_spreadsheet_that_is_a_bomb_is_refused(opened) -> None:
    book = {"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b" " * 50_000_000}
    assert code_of(opened, zipped(book), "x.xlsx") == "reading.archive_is_bomb"


@pytest.mark.parametrize(
    "name", ["../../etc/cron.d/x.csv", "/etc/x.csv", "a/../../x.csv", "C:\\x.csv", "..\\x.csv"]
)
def test_a_name_that_points_outside_is_refused(opened, name: str, tmp_path: Path) -> None:
    assert code_of(opened, zipped({name: b"a,b\n1,2\n"}), "x.zip") == "reading.archive_name_unsafe"
    assert not list(tmp_path.rglob("member*"))


def test_a_link_in_an_archive_is_refused(opened) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        info = zipfile.ZipInfo("passwords.csv")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    assert code_of(opened, target.getvalue(), "x.zip") == "reading.archive_name_unsafe"


def test_more_members_than_allowed_are_refused(opened) -> None:
    many = zipped({f"{n}.csv": b"a,b\n1,2\n" for n in range(30)})
    assert code_of(opened, many, "x.zip", limits=Limits(members=20)) == "reading.archive_members_too_many"


@pytest.mark.parametrize("root", [b"kml", b"FeatureCollection"])
def test_a_billion_laughs_are_not_laughed(opened, root: bytes) -> None:
    assert code_of(opened, LAUGHS % (root, root), "x.gml") == "reading.xml_entities"


def test_entities_in_a_part_of_a_spreadsheet_are_not_unfolded(opened) -> None:
    content = workbook({"A1": "a", "B1": "b", "A2": "x", "B2": "y"})
    parts = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    laughs = b'<!DOCTYPE sst [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]><sst'
    parts["xl/sharedStrings.xml"] = (
        parts["xl/sharedStrings.xml"].replace(b"<sst", laughs).replace(b">x<", b">&c;<")
    )
    try:
        shown = str(opened(zipped(parts), "x.xlsx").table.head)
    except Refused as refusal:
        shown = refusal.problem.code
    assert "haha" not in shown


def test_an_external_entity_is_refused(opened) -> None:
    raw = b'<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]><kml>&x;</kml>'
    assert code_of(opened, raw, "x.kml") == "reading.xml_entities"


def test_a_map_whose_descriptions_hold_html_is_no_web_page(opened) -> None:
    raw = KML.replace(
        b"<name>a</name>", b"<description><![CDATA[<table><tr><td>1</td></tr></table>]]></description>"
    )
    assert opened(raw, "x.kml").table.rows == 1


def test_deep_nesting_is_refused(opened) -> None:
    assert (
        code_of(opened, b"<kml>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</kml>", "x.kml")
        == "reading.nesting_too_deep"
    )
    assert code_of(opened, b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "x.json") == "reading.nesting_too_deep"
    assert code_of(opened, b"[" * 100_000 + b"]" * 100_000, "x.json") == "reading.nesting_too_deep"


def test_numbers_without_end_do_not_stop_the_reader(opened) -> None:
    raw = b'[{"a": ' + b"9" * 10_000 + b'}, {"a": 1}]'
    assert code_of(opened, raw, "x.json") == "reading.file_damaged"


def test_strange_values_in_json_become_text_or_nothing(opened) -> None:
    raw = json.dumps(
        [{"a": 2**70, "b": float("nan"), "c": "\ud800x\0"}, {"a": 1, "b": 1.5, "c": "y"}]
    ).encode()
    table = opened(raw, "x.json").table
    rows = pq.read_table(table.path).to_pylist()
    assert rows[0]["c0"] == str(2**70)
    assert rows[0]["c1"] is None
    assert "\0" not in rows[0]["c2"]


def test_broken_quotes_do_not_swallow_the_table(opened) -> None:
    raw = b'a,b\n"open,1\n' + b"x,2\n" * 600_000
    table = opened(raw, "x.csv").table
    assert table.quote == ""
    assert table.rows == 600_002


def png(width: int) -> bytes:
    body = struct.pack(">IIBBBBB", width, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + b"IHDR"
        + body
        + struct.pack(">I", zlib.crc32(b"IHDR" + body))
    )


def parquet_bytes() -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"a": [1, 2], "b": ["x", None]}), sink)
    return sink.getvalue()


GEOJSON = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"n": 1},
                "geometry": {"type": "Point", "coordinates": [7.6, 51.9]},
            }
        ],
    }
).encode()
KML = (
    b'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>a</name>'
    b"<Point><coordinates>7.6,51.9,0</coordinates></Point></Placemark></Document></kml>"
)
SEEDS = [
    b"a;b;c\n1;2,5;x\n3;4,5;y\n",
    b'a,b\n"1\n2",3\n',
    "Straße\tZahl\r\nÄcker\t1\r\n".encode("utf-16"),
    GEOJSON,
    KML,
    b'[{"a": 1, "b": {"c": [1, 2]}}, {"a": null}]',
    b'{"a": 1}\n{"a": "x"}\n',
    workbook({"A1": "a", "B1": "b", "A2": 1, "B2": 2.5}),
    zipped({"a.csv": b"a,b\n1,2\n", "b/c.json": b'[{"a":1}]'}),
    gzip.compress(b"a,b\n1,2\n"),
    parquet_bytes(),
    b"SQLite format 3\0" + bytes(84) + b"gpkg_contents",
    b"\x00\x00\x27\x0a" + bytes(96),
    b"fgb\x03fgb\x00" + bytes(60),
    b"\x03\x7e\x01\x01\x01\0\0\0\x41\0\x0b\0" + bytes(60),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "Workbook".encode("utf-16-le"),
    png(3),
]
NAMES = ["x.csv", "x.json", "x.dbf", "x.xlsx", "x", "x.geojson", "x.shp"]


def open_or_refuse(content: bytes, name: str) -> None:
    """Open, look and write out; a refusal is fine, any other error is a defect."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "in"
        path.write_bytes(content)
        work = Path(folder) / "work"
        work.mkdir()
        try:
            table = open_table(Order(path, name, work, limits=Limits(members=50))).table
        except Refused as refusal:
            problem = refusal.problem
        else:
            check_table(table, work)
            return
    assert problem.code.startswith("reading.")
    assert str(problem)


def check_table(table: TextTable | TypedTable, work: Path) -> None:
    if isinstance(table, TextTable):
        plain = table.write_plain(Cut(1), work)
        plain.path.read_text("utf-8")
        assert table.rows >= len(table.head) > 0
    else:
        assert pq.read_table(table.path).num_rows == table.rows


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=400), st.sampled_from(NAMES))
def test_any_bytes_are_opened_or_refused(content: bytes, name: str) -> None:
    open_or_refuse(content, name)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(alphabet='ab1,;\t|"\n\r é\0{}[]<>:.', max_size=300),
    st.sampled_from(["utf-8", "utf-16", "cp1252"]),
)
def test_any_text_is_opened_or_refused(text: str, encoding: str) -> None:
    open_or_refuse(text.encode(encoding), "x.csv")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_damaged_file_of_any_format_is_opened_or_refused(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(0, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(len(content) // 3, len(content)))
    open_or_refuse(bytes(content[:cut]), data.draw(st.sampled_from(NAMES)))
