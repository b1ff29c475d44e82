# SPDX-License-Identifier: EUPL-1.2
"""A sandbox with two small tables, and a file beside them that nobody may read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from stoa.commons.lake.engine import spatial_extension
from stoa.commons.sandbox import door, pool
from stoa.commons.sandbox.refusals import table_unknown
from stoa.commons.sandbox.values import Answer, Limits, Table

SECRET = "nobody may read this"


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Where the tables of the tests and the forbidden file stand."""
    folder = tmp_path_factory.mktemp("lake-of-the-sandbox")
    found = {name: folder / f"{name}.parquet" for name in ("trees", "counts", "secret")}
    with duckdb.connect() as made:
        made.execute(f"LOAD '{spatial_extension()}'")
        made.execute(
            "COPY (SELECT range + 1 AS _row, 'T-' || range AS number, ['Lime', 'Oak'][range % 2 + 1] AS kind, "
            "range / 2.0 AS height, ST_Point(7 + range / 1000, 51) AS geometry, ST_Point(0, 0) AS geometry_3857 "
            f"FROM range(1000)) TO '{found['trees']}'"
        )
        made.execute(
            "COPY (SELECT range + 1 AS _row, TIMESTAMPTZ '2026-03-28 12:00:00+00' + INTERVAL (range) HOUR AS began, "
            f"range % 7 AS bicycles FROM range(72)) TO '{found['counts']}'"
        )
        made.execute(f"COPY (SELECT '{SECRET}' AS text) TO '{found['secret']}'")
    return found


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("scratch")
    yield folder
    pool.pool(folder).close()


@pytest.fixture
def ask(places: dict[str, Path], scratch: Path) -> Callable[..., Answer]:
    """Ask the sandbox about `trees` and `counts`; `secret` is known to nobody."""
    known = {
        "trees": Table(places["trees"], ("number", "kind", "height"), has_geometry=True),
        "counts": Table(places["counts"], ("began", "bicycles")),
    }

    def find(names: tuple[str, ...]) -> dict[str, Table]:
        for name in names:
            if name.lower() not in known:
                raise table_unknown(name)
        return {name: known[name.lower()] for name in names}

    def _ask(statement: str, **more: Any) -> Answer:
        more = {"limits": Limits(seconds=10), "zone": "Europe/Berlin"} | more
        return door.ask(scratch=scratch, statement=statement, find=find, **more)

    return _ask
