# SPDX-License-Identifier: EUPL-1.2
"""Where a download reads its rows: the copy that pages use, or the stored file while there is none."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from stoa.commons.lake import dictionary, store
from stoa.commons.lake import door as lake
from stoa.commons.lake.engine import lock_down, open_engine, quoted
from stoa.commons.lake.values import Layout, VersionRef
from stoa.ground.tables import ROW

if TYPE_CHECKING:
    import duckdb


@contextmanager
def opened(
    layout: Layout, ref: VersionRef, *, spatial: bool, is_whole: bool
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose table `data` is the version in source order.

    For the whole version nobody should wait until the copy is built: sorting the stored file once is quicker.
    """
    if not is_whole or store.table_file(layout, ref).exists():
        with lake.connect_reader(layout, ref, spatial=spatial) as cursor:
            yield cursor
        return
    file = dictionary.data_file(layout, ref)
    scratch = layout.cache / ".building" / secrets.token_hex(8)
    scratch.mkdir(parents=True)
    try:
        with open_engine(layout, spatial=spatial, scratch=scratch) as connection:
            order = (
                f" ORDER BY {ROW}" if ref.has_geometry else ""
            )  # only files with places stand in another order
            source = f"SELECT * FROM read_parquet({quoted(str(file.resolve()))})"
            connection.execute(f"CREATE VIEW data AS {source}{order}")
            lock_down(connection, [file.parent, layout.cache])
            yield connection
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
