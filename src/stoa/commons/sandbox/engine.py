# SPDX-License-Identifier: EUPL-1.2
"""The child's DuckDB: a fresh in-memory instance for every question, locked before the question is seen.

Files are named by links in the child's own folder (`tables/0.parquet`), so that no path of the machine stands
in a view or an error text. DuckDB follows the links itself and allows exactly the files behind them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stoa.commons.lake.engine import identifier, load_spatial, quoted
from stoa.ground.tables import GEOMETRY, ROW

if TYPE_CHECKING:
    import duckdb

MEMORY_MIB = 300
THREADS = 2
LINKS = "tables"
SPILL = "spill"
RESULT = "result.parquet"


def open_instance(*, spatial: bool) -> duckdb.DuckDBPyConnection:
    """A new instance with our limits; still open until `lock`."""
    import duckdb

    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": THREADS,
            "memory_limit": f"{MEMORY_MIB}MiB",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_unsigned_extensions": spatial,  # for our own file only: `load_spatial` ends it
            # Names of our own Python variables must never be taken for tables.
            "python_enable_replacements": False,
        },
    )
    connection.execute("SET allow_community_extensions=false")
    connection.execute("SET secret_directory='none'")
    connection.execute(f"SET temp_directory={quoted(SPILL)}")
    if spatial:
        load_spatial(connection)
    return connection


def lock(connection: duckdb.DuckDBPyConnection, *, zone: str, spill_mib: int, files: Sequence[str]) -> None:
    """From here on only these files can be touched, and no setting can be changed back."""
    connection.execute(f"SET max_temp_directory_size='{int(spill_mib)}MiB'")
    connection.execute(f"SET TimeZone={quoted(zone)}")
    connection.execute(f"SET allowed_paths=[{', '.join(quoted(file) for file in files)}]")
    connection.execute("SET enable_external_access=false")
    connection.execute("SET lock_configuration=true")


def link_tables(opened: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Links to the files of the asked tables; the link of each name."""
    clear_links()
    links = {}
    for number, (name, table) in enumerate(opened.items()):
        link = f"{LINKS}/{number}.parquet"
        Path(link).symlink_to(table["file"])
        links[name] = link
    return links


def clear_links() -> None:
    Path(LINKS).mkdir(exist_ok=True)
    for link in Path(LINKS).iterdir():
        link.unlink()


def make_views(
    connection: duckdb.DuckDBPyConnection,
    opened: Mapping[str, Mapping[str, Any]],
    links: Mapping[str, str],
    row_as: str,
) -> None:
    """One view for each name as it is written in the statement; our own columns are left out."""
    for name, table in opened.items():
        columns = [identifier(column) for column in table["columns"]]
        if row_as:
            columns.insert(0, f"{ROW} AS {identifier(row_as)}")
        if table["has_geometry"]:
            columns.append(f"{GEOMETRY}::GEOMETRY AS {GEOMETRY}")
        source = f"read_parquet({quoted(links[name])})"
        connection.execute(f"CREATE VIEW {identifier(name)} AS SELECT {', '.join(columns)} FROM {source}")
