# SPDX-License-Identifier: EUPL-1.2
"""Hostile or careless text made fit to keep: texts, addresses, days, sizes. Pure."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from stoa.ground.geometry import Box

MOST_TEXT = 20_000
MOST_TITLE = 300
MOST_URL = 2000
_ENDINGS = frozenset(
    {
        "csv",
        "tsv",
        "xls",
        "xlsx",
        "xlsb",
        "ods",
        "json",
        "geojson",
        "jsonl",
        "zip",
        "gz",
        "gpkg",
        "kml",
        "kmz",
    }
    | {"gml", "shp", "parquet", "xml", "txt"}
)
_TAG = re.compile(r"<[A-Za-z/!]")
_BLOCKS = frozenset({"p", "div", "br", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6"})
_SILENT = frozenset({"script", "style", "head", "template", "iframe", "object"})
_MAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}@[A-Za-z0-9][A-Za-z0-9.-]{0,120}\.[A-Za-z]{2,24}")
_OF_A_PERSON = re.compile(r"[a-z]{1,20}[._-][a-z-]{2,30}[0-9]{0,3}@", re.IGNORECASE)


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.silent += tag in _SILENT
        if tag in _BLOCKS:
            self.pieces.append("\n\n" if tag == "p" else "\n")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in _SILENT and self.silent > 0
        if tag in {"p", "div", "li", "tr"}:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.pieces.append(data)


def plain(value: object, most: int = MOST_TEXT) -> str:
    """Text without mark-up, control characters and half characters, at most so many letters.

    >>> plain("<p>Trees &amp; bushes</p><script>x()</script>")
    'Trees & bushes'
    """
    if not isinstance(value, (str, int, float)) or isinstance(value, bool):
        return ""
    text = str(value)[: most * 8]
    if _TAG.search(text):
        parser = _Plain()
        parser.feed(text)
        parser.close()
        text = "".join(parser.pieces)
    text = text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(letter for letter in text if letter >= " " or letter in "\n\t").replace("\x7f", "")
    text = re.sub(r"[ \t\u00a0]+", " ", text)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r" ?\n ?", "\n", text)).strip()[:most].rstrip()


def line(value: object, most: int = MOST_TITLE) -> str:
    """Text on one line."""
    return " ".join(plain(value, most * 2).split())[:most].rstrip()


def web(value: object, beside: str = "") -> str:
    """An address that a person may follow, resolved beside that of the document; empty if it is none.

    >>> web("javascript:alert(1)"), web("//a.example/x y", "https://b.example/")
    ('', 'https://a.example/x%20y')
    """
    if not isinstance(value, str):
        return ""
    text = value.strip().replace(" ", "%20")
    if not text or len(text) > MOST_URL or any(ord(letter) < 33 or letter in '<>"`\x7f' for letter in text):
        return ""
    try:
        whole = urljoin(beside, text) if beside else text
        parts = urlsplit(whole)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https", "ftp"} or not host or parts.password or len(whole) > MOST_URL:
        return ""
    return whole.encode("utf-8", "replace").decode("utf-8") if whole.isascii() or whole.isprintable() else ""


def is_file(url: str) -> bool:
    """Whether an address ends like a file of data.

    >>> is_file("https://a.example/trees.csv?x=1"), is_file("https://a.example/trees")
    (True, False)
    """
    return urlsplit(url).path.lower().rpartition(".")[2] in _ENDINGS


def mail(value: object) -> str:
    """A public address for mail; empty if there is none or it looks like a person's own.

    >>> mail("mailto:opendata@town.example"), mail("jane.doe@town.example")
    ('opendata@town.example', '')
    """
    text = str(value).removeprefix("mailto:").strip() if isinstance(value, str) else ""
    return text if _MAIL.fullmatch(text) and not _OF_A_PERSON.match(text) else ""


def when(value: object) -> datetime | None:
    """An instant from whatever catalogues write: ISO 8601 with or without zone (then UTC), days, years, epoch ms.

    >>> when("2022-03-10T20:01:29.000Z").isoformat(), when("2020").year
    ('2022-03-10T20:01:29+00:00', 2020)
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _instant(float(value) / 1000 if abs(value) > 1e11 else float(value))
    if not isinstance(value, str):
        return None
    text = value.strip()[:40]
    if re.fullmatch(r"\d{4}", text):
        text += "-01-01"
    elif re.fullmatch(r"\d{4}-\d{2}", text):
        text += "-01"
    elif re.fullmatch(r"\d{11,14}", text):
        return _instant(int(text) / 1000)
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _instant(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def day(value: object) -> date | None:
    found = when(value)
    return found.date() if found and 1000 <= found.year <= 9999 else None


def whole(value: object) -> int | None:
    """A size in bytes; None for what is no size.

    >>> whole("147253.0"), whole("12 kB")
    (147253, None)
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        found = int(float(str(value)[:30]))
    except (ValueError, OverflowError):
        return None
    return found if 0 < found < 2**60 else None


def box(west: object, south: object, east: object, north: object) -> Box | None:
    """A box in degrees; None if the numbers make none on this earth."""
    try:
        w, s, e, n = (float(str(part)) for part in (west, south, east, north))
    except ValueError:
        return None
    if not (-180 <= w <= e <= 180 and -90 <= s <= n <= 90):
        return None
    return Box(w, s, e, n)


def words(values: object, most: int = 100) -> tuple[str, ...]:
    """Different words or phrases of at most sixty letters, in their order."""
    if isinstance(values, str):
        values = re.split(r"[,;]", values)
    found: dict[str, None] = {}
    for value in values if isinstance(values, (list, tuple)) else []:
        word = line(value, 60)
        if word:
            found.setdefault(word)
    return tuple(found)[:most]
