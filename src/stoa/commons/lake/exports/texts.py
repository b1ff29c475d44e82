# SPDX-License-Identifier: EUPL-1.2
"""Text formats: DuckDB writes them itself, into a file or into a pipe that is read while it writes."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stoa.commons.lake.engine import quoted
from stoa.commons.lake.exports.columns import Field, features, select
from stoa.commons.lake.exports.values import About, Format, Wanted
from stoa.commons.lake.values import Sql
from stoa.ground.geometry import Box

if TYPE_CHECKING:
    import duckdb

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_CHUNK = 256 * 1024
_OPTIONS = {
    Format.CSV: "FORMAT csv, HEADER true, DELIMITER ',', QUOTE '\"', ESCAPE '\"'",
    Format.TSV: "FORMAT csv, HEADER true, DELIMITER '\t', QUOTE '\"', ESCAPE '\"'",
    Format.JSON: "FORMAT json, ARRAY true",
    Format.JSON_LINES: "FORMAT json, ARRAY false",
    Format.GEOJSON: "FORMAT json, ARRAY true",
}


@dataclass(frozen=True, slots=True)
class TextPlan:
    """What is written: fixed bytes before and after, and a query between them."""

    select: str
    values: tuple[Any, ...]
    options: str
    before: bytes = b""
    after: bytes = b""

    def copy_to(self, path: Path) -> str:
        # Without a second, temporary file of DuckDB's: ours is one already, and a pipe has only one name.
        return f"COPY ({self.select}) TO {quoted(str(path))} ({self.options}, USE_TMP_FILE false)"


def plan(form: Format, listed: tuple[Field, ...], sql: Sql, wanted: Wanted) -> TextPlan:
    """The plan of a text format other than GeoJSON."""
    before = BYTE_ORDER_MARK if wanted.for_excel and form in {Format.CSV, Format.TSV} else b""
    return TextPlan(select(listed, sql.text), sql.values, _OPTIONS[form], before)


def geojson_plan(listed: tuple[Field, ...], sql: Sql, about: About, bbox: Box | None) -> TextPlan:
    """A FeatureCollection (RFC 7946); what is said of the dataset stands in foreign members (6.1)."""
    head: dict[str, Any] = {"type": "FeatureCollection"}
    told = {
        "name": about.name,
        "title": about.title,
        "description": about.description,
        "publisher": about.publisher,
        "license": about.licence_spdx or about.licence,
        "licenseUrl": about.licence_link,
        "source": about.source_url,
        "version": about.version,
        "issued": about.issued,
    }
    head |= {name: text for name, text in told.items() if text}
    if bbox:
        head["bbox"] = [round(edge, 7) for edge in bbox]
    before = json.dumps(head, ensure_ascii=False)[:-1] + ', "features": '
    return TextPlan(features(listed, sql.text), sql.values, _OPTIONS[Format.GEOJSON], before.encode(), b"}\n")


def write(cursor: duckdb.DuckDBPyConnection, text: TextPlan, path: Path) -> None:
    """Write the whole file; DuckDB alone where nothing stands before or after its rows."""
    if not text.before and not text.after:
        cursor.execute(text.copy_to(path), list(text.values))
        return
    body = path.with_suffix(".body")
    try:
        cursor.execute(text.copy_to(body), list(text.values))
        with path.open("wb") as out, body.open("rb") as rows:
            out.write(text.before)
            shutil.copyfileobj(rows, out, 1024 * 1024)
            out.write(text.after)
    finally:
        body.unlink(missing_ok=True)


def stream(cursor: duckdb.DuckDBPyConnection, text: TextPlan, folder: Path) -> Iterator[bytes]:
    """The same bytes piece by piece while DuckDB writes them; it waits where nobody reads.

    If the reader goes away the pipe breaks and the query ends. Errors of the query are raised here, after the
    pieces that came before.
    """
    failed: list[BaseException] = []

    def fill(pipe: Path) -> None:
        try:
            cursor.execute(text.copy_to(pipe), list(text.values))
        except BaseException as error:  # noqa: BLE001 - carried over to the reading side
            failed.append(error)

    with tempfile.TemporaryDirectory(dir=folder, prefix=".stream-") as aside:
        pipe = Path(aside) / "pipe"
        os.mkfifo(pipe, 0o600)
        # Opened for both sides first: a query that fails before it opens the pipe must not leave us waiting.
        reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        keeping = os.open(pipe, os.O_WRONLY)
        os.set_blocking(reading, True)
        writer = threading.Thread(target=_filled, args=(fill, pipe, keeping), daemon=True, name="stoa-export")
        writer.start()
        try:
            yield from _pieces(reading, text, failed, writer)
        finally:
            os.close(reading)
            cursor.interrupt()
            writer.join()


def _filled(fill: Any, pipe: Path, keeping: int) -> None:
    try:
        fill(pipe)
    finally:
        os.close(keeping)  # the reader sees the end only now


def _pieces(
    reading: int, text: TextPlan, failed: list[BaseException], writer: threading.Thread
) -> Iterator[bytes]:
    if text.before:
        yield text.before
    while piece := os.read(reading, _CHUNK):
        yield piece
    writer.join()
    if failed:
        raise failed[0]
    if text.after:
        yield text.after
