# SPDX-License-Identifier: EUPL-1.2
"""What a file is, by its first bytes and not by its name; what is no table is refused by its kind."""

from __future__ import annotations

import mmap
import re
import zipfile
from pathlib import Path

from stoa.commons.reading.formats import refusals
from stoa.commons.reading.formats.archives import open_zip
from stoa.commons.reading.formats.encodings import wide_encoding
from stoa.ground.problems import Refused
from stoa.ground.words import N_, Saying, say

START = 64 * 1024
SIMPLE = (
    (b"PAR1", "parquet"),
    (b"\x1f\x8b", "gzip"),
    (b"\x00\x00\x27\x0a", "shp"),
    (b"fgb\x03fgb", "fgb"),
)
NOT_TABLES = (
    (rb"%PDF", N_("a PDF document")),
    (rb"\x89PNG\r\n", N_("a picture (PNG)")),
    (rb"\xff\xd8\xff", N_("a picture (JPEG)")),
    (rb"GIF8[79]a", N_("a picture (GIF)")),
    (rb"RIFF....WEBP", N_("a picture (WebP)")),
    (rb"(II\*\x00|MM\x00\*|II\+\x00)", N_("a picture or raster map (TIFF)")),
    (rb"BM....\x00\x00\x00\x00", N_("a picture (BMP)")),
    (rb"(RDX[23]\n|RD[AB][23]\n)", N_("a data file of the program R")),
    (rb"\x7fELF|MZ[\x00-\xff]{58}", N_("a program")),
    (
        rb"7z\xbc\xaf\x27\x1c|Rar!\x1a\x07|BZh[1-9]1AY|\xfd7zXZ\x00|\x28\xb5\x2f\xfd",
        N_("an archive that is not zip or gzip"),
    ),
    (rb"[\x00-\xff]{257}ustar", N_("an archive that is not zip or gzip")),
    (rb"\x00\x00..\x0a\x09OSMHeader", N_("a map extract of OpenStreetMap (PBF)")),
    (rb"\{\\rtf", N_("a text document (RTF)")),
    (rb"\x93NUMPY|\x89HDF|CDF[\x01\x02]|GRIB", N_("a file of measured grids for science programs")),
    (rb"(ID3|OggS|fLaC|....ftyp|RIFF....(WAVE|AVI ))", N_("a sound or film")),
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TEXT_CONTROL = re.compile(rb"[\x01-\x06\x0e-\x1a\x1c-\x1f]")
ADVICE = {
    "pdf": N_("Ask whoever made the document for the table behind it, as spreadsheet or CSV."),
    "r": N_('In R, write it as CSV: write.csv(x, "x.csv", row.names = FALSE).'),
    "archive": N_("Unpack it and send the table itself, or pack it again as zip."),
    "osm": N_("The operator can load it as the base map; for a dataset, export one layer as GeoPackage."),
    "other": N_("Send the table itself: a spreadsheet, a CSV file, GeoJSON or a GeoPackage."),
}


def recognise(path: Path, name: str) -> str:
    """The family of a file: a format of `Recipe.format`, or `zip`, `gzip`, `json`, `xml`, `dbf`, `text`."""
    with path.open("rb") as file:
        start = file.read(START)
    if not start:
        raise refusals.file_empty(name)
    for magic, family in SIMPLE:
        if start.startswith(magic):
            return family
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _in_zip(path)
    if start.startswith(OLE):
        return _in_ole(path)
    if start.startswith(b"SQLite format 3\x00"):
        return _in_sqlite(path)
    for pattern, words in NOT_TABLES:
        if re.match(pattern, start, re.DOTALL):
            raise not_taken(words, _advice(words))
    return _text_or_binary(path, start, name)


def not_taken(words: str, advice: str) -> Refused:
    """The refusal of a file that is known, and is no table."""
    return refusals.refused(
        "type_not_taken",
        say("The file is %(kind)s.", kind=Saying(words)),
        say("It holds no table that could be read reliably."),
        Saying(advice),
    )


def _advice(words: str) -> str:
    for part, key in (("PDF", "pdf"), ("program R", "r"), ("archive", "archive"), ("OpenStreetMap", "osm")):
        if part in words and not (part == "PDF" and "document" not in words):
            return ADVICE[key]
    return ADVICE["other"]


def _in_zip(path: Path) -> str:
    """Spreadsheets and documents are zip archives as well; their parts tell which."""
    with open_zip(path) as archive:
        names = set(archive.namelist())
        if "xl/workbook.bin" in names:
            return "xlsb"
        if "xl/workbook.xml" in names or (
            "[Content_Types].xml" in names and any(n.startswith("xl/") for n in names)
        ):
            return "xlsx"
        if (
            any(name.startswith(("word/", "ppt/", "visio/")) for name in names)
            and "[Content_Types].xml" in names
        ):
            raise not_taken(N_("a text document or presentation (Office)"), ADVICE["pdf"])
        if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
            kind = archive.read("mimetype")
            if b"spreadsheet" in kind:
                _refuse_encrypted_ods(archive)
                return "ods"
            if b"opendocument" in kind or b"epub" in kind:
                raise not_taken(N_("a text document or presentation (OpenDocument)"), ADVICE["pdf"])
    return "zip"


def _refuse_encrypted_ods(archive: zipfile.ZipFile) -> None:
    if "META-INF/manifest.xml" not in archive.namelist():
        return
    with archive.open("META-INF/manifest.xml") as part:
        if b"encryption-data" in part.read(1024 * 1024):
            raise refusals.encrypted()


def _in_ole(path: Path) -> str:
    """The old container of Microsoft: its directory names what is in it, in UTF-16."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:

        def has(name: str) -> bool:
            return content.find(name.encode("utf-16-le")) >= 0

        if has("EncryptedPackage"):
            raise refusals.encrypted()
        if has("WordDocument") or has("PowerPoint Document") or has("__substg1.0"):
            raise not_taken(N_("a text document, presentation or letter (old Office)"), ADVICE["pdf"])
        if has("Workbook") or has("Book"):
            return "xls"
    raise not_taken(N_("an old Office file without a spreadsheet"), ADVICE["other"])


def _in_sqlite(path: Path) -> str:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find(b"gpkg_contents") >= 0:
            return "gpkg"
    raise not_taken(N_("a database file (SQLite) that is not a GeoPackage"), ADVICE["other"])


def _text_or_binary(path: Path, start: bytes, name: str) -> str:
    if wide_encoding(start):
        return "text"
    if not start.strip(b"\0"):
        return "text"
    if _is_dbase(start, path.stat().st_size, name):
        return "dbf"
    if len(TEXT_CONTROL.findall(start)) > max(2, len(start) // 200) or start.count(0) > len(start) // 3:
        if name.lower().endswith(".pb"):
            raise not_taken(
                N_("a message in a binary form (Protocol Buffers, GTFS-Realtime)"), ADVICE["other"]
            )
        raise not_taken(N_("a binary file of an unknown kind"), ADVICE["other"])
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        return "text"
    if text.startswith(b"<"):
        return _mark_up(text)
    return "json" if text[:1] in b"{[" else "text"


def _is_dbase(start: bytes, size: int, name: str) -> bool:
    """The table of a shapefile alone: the lengths in its header must fit the size."""
    if len(start) < 32 or start[0] not in b"\x03\x30\x83\x8b" or not name.lower().endswith(".dbf"):
        return False
    rows, header, width = (int.from_bytes(start[a:b], "little") for a, b in ((4, 8), (8, 10), (10, 12)))
    return header + rows * width <= size + 1


def _mark_up(text: bytes) -> str:
    lower = text[:2000].lower()
    bare = re.sub(rb"^(<\?xml.*?\?>|<!--.*?-->|\s)+", b"", lower, flags=re.DOTALL)
    if re.match(rb"<(!doctype html|html|head|body|table|script|meta|div)\b", bare):
        raise refusals.refused(
            "file_is_web_page",
            say("The file is a web page."),
            say("Often a download gave an error page or a sign-in page instead of the file."),
            say("Open the address in a browser, save the data file itself, and look into it first."),
        )
    return "xml" if re.match(rb"<(\?xml|!--|!DOCTYPE|[A-Za-z_][\w:.-]*[\s>/])", text) else "text"
