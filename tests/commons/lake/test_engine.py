# SPDX-License-Identifier: EUPL-1.2
"""Our own extension comes in without a look at its signature; behind it the door is shut."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from stoa.commons.lake.engine import open_engine
from stoa.commons.lake.values import Layout
from stoa.commons.sandbox.engine import open_instance


@pytest.fixture(params=["lake", "lake without places", "question", "question without places"])
def engine(request: pytest.FixtureRequest, layout: Layout) -> Iterator[Any]:
    """Every kind of instance that we open, before it is locked."""
    spatial = "without" not in request.param
    made = open_engine(layout, spatial=spatial) if "lake" in request.param else open_instance(spatial=spatial)
    yield made
    made.close()


def test_no_other_unsigned_extension_can_be_loaded(engine: Any, tmp_path: Path) -> None:
    assert engine.execute("SELECT current_setting('allow_unsigned_extensions')").fetchone() == (False,)
    with pytest.raises(duckdb.Error, match="while database is running"):
        engine.execute("SET allow_unsigned_extensions=true")
    stranger = tmp_path / "stranger.duckdb_extension"
    stranger.write_bytes(b"\0" * 4096)
    with pytest.raises(duckdb.Error):
        engine.execute(f"LOAD '{stranger}'")


def test_places_are_understood_where_they_are_asked_for(layout: Layout) -> None:
    for made in (open_engine(layout, spatial=True), open_instance(spatial=True)):
        with made:
            assert made.execute("SELECT ST_AsText(ST_Point(1, 2))").fetchone() == ("POINT (1 2)",)
