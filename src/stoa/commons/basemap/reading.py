# SPDX-License-Identifier: EUPL-1.2
"""Reading an extract (.osm.pbf or .osm) piece by piece, in bounded memory (GDAL, OSM driver)."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stoa.commons.basemap import refusals
from stoa.commons.basemap.classes import Rule, is_wanted
from stoa.commons.basemap.wholeness import is_whole
from stoa.ground.geometry import Box

MOST_GIB = 8
MOST_SHAPES = 60_000_000
_PBF = b"OSMHeader"
_XML = re.compile(rb"(\xef\xbb\xbf)?\s*(<\?xml[^>]*\?>)?\s*<osm[\s>]")
_OTHERS = re.compile(rb"<(OGR|VRT|GDAL)")
"""What would make GDAL take the file for a list of other files."""
_START = 4096
CONFIG = Path(__file__).with_name("osm.ini")
GEOMETRY = "shape"


def check(path: Path) -> None:
    """Refuse at once what is no extract: the reader below is only given what it knows."""
    if not path.is_file():
        raise refusals.file_missing(path.name)
    if path.stat().st_size > MOST_GIB * 1024**3:
        raise refusals.too_large(path.name, MOST_GIB)
    with path.open("rb") as file:
        start = file.read(_START)
    # A PBF begins with the length of its first header, 4 bytes, and that header's type (field 1, 9 letters).
    is_pbf = start[4:6] == b"\x0a\x09" and start[6:15] == _PBF
    if not is_pbf and (b"<!DOCTYPE" in start or b"<!ENTITY" in start):
        raise refusals.has_entities(path.name)
    if not is_pbf and (not _XML.match(start) or _OTHERS.search(start)):
        raise refusals.not_an_extract(path.name)
    if not is_whole(path, is_pbf=is_pbf):
        raise refusals.broken(path.name)


def pieces(path: Path, layer: str, rules: tuple[Rule, ...]) -> Iterator[Any]:
    """The wanted things of a layer, one Arrow batch after the other; `shape` is WKB in degrees.

    Raises:
        Refused: `basemap.broken`, where the file is damaged.
    """
    import pyarrow as pa
    import pyogrio

    question = f"SELECT * FROM {layer} WHERE {is_wanted(rules)}"  # names and tags of ours only
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # broken rings are counted, not told one by one
        try:
            with pyogrio.open_arrow(
                path, sql=question, sql_dialect="OGRSQL", use_pyarrow=True, CONFIG_FILE=str(CONFIG)
            ) as (about, reader):
                names = [GEOMETRY if n == about["geometry_name"] else n for n in reader.schema.names]
                # Plain bytes: what a broken ring is must be decided shape by shape, not by the whole batch.
                schema = pa.schema(
                    [(name, pa.binary() if name == GEOMETRY else pa.string()) for name in names]
                )
                yield from _plain(reader, schema, path.name)
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pa.ArrowException) as error:
            raise refusals.broken(path.name) from error


def _plain(reader: Any, schema: Any, name: str) -> Iterator[Any]:
    import pyarrow as pa

    seen = 0
    for batch in reader:
        seen += batch.num_rows
        if seen > MOST_SHAPES:
            raise refusals.too_many(name, MOST_SHAPES)
        columns = [
            getattr(column, "storage", column).cast(field.type)
            for column, field in zip(batch.columns, schema, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def frame(path: Path) -> Box | None:
    """The box that the extract says it was cut by; None where it does not say."""
    import pyogrio

    try:
        found = pyogrio.read_info(path, layer="lines").get("total_bounds")
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError):
        return None
    return Box(*map(float, found)) if found is not None else None
