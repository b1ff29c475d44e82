# SPDX-License-Identifier: EUPL-1.2
"""DuckDB as the lake uses it: fresh connections for work, with nothing allowed that is not needed.

Nothing is ever installed or fetched: the spatial extension is the wheel `duckdb-extension-spatial`.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stoa.commons.lake.values import Layout
from stoa.ground.tables import ColumnSpec, Kind

if TYPE_CHECKING:
    import duckdb


def quoted(text: str) -> str:
    """A text as an SQL literal, for the few places where DuckDB takes no parameter."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def fetchable(column: ColumnSpec, expression: str) -> str:
    """The expression as Python can fetch it: DuckDB gives instants only through a package we do not want."""
    return f"timezone('UTC', {expression})" if column.kind is Kind.DATETIME else expression


def fetched(column: ColumnSpec, value: Any) -> Any:
    """The value of a `fetchable` expression as Python has it: instants aware, in UTC."""
    if isinstance(value, datetime) and column.kind is Kind.DATETIME:
        return value.replace(tzinfo=UTC)
    return value


def spatial_extension() -> Path:
    """The extension's file inside its wheel."""
    import duckdb

    spec = importlib.util.find_spec("duckdb_extension_spatial")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the package duckdb-extension-spatial is not installed")
    base = Path(next(iter(spec.submodule_search_locations)))
    return base / "extensions" / f"v{duckdb.__version__}" / "spatial.duckdb_extension"


def load_spatial(connection: duckdb.DuckDBPyConnection) -> None:
    """Load the extension into an instance opened with `allow_unsigned_extensions`, and take that freedom back.

    DuckDB's look at the signature of 80 MB costs a third of a second in every instance, and who could change the
    file could change this one as well. Once switched off, no statement can switch the freedom on again.
    """
    connection.execute(f"LOAD {quoted(str(spatial_extension()))}")
    connection.execute("SET allow_unsigned_extensions=false")


def engine_name() -> str:
    """Name and release of what computes hashes: `hash()` is only promised to be stable within one release."""
    import duckdb

    return f"duckdb-{duckdb.__version__}"


def open_engine(layout: Layout, *, spatial: bool, scratch: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A new in-memory instance with our limits; the caller closes it."""
    import duckdb

    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": layout.threads,
            "memory_limit": f"{layout.memory_mib}MiB",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_unsigned_extensions": spatial,  # for our own file only: `load_spatial` ends it
        },
    )
    temporary = scratch or layout.cache / "spill"
    connection.execute(f"SET temp_directory={quoted(str(temporary))}")
    connection.execute("SET max_temp_directory_size='20GiB'")
    connection.execute("SET allow_community_extensions=false")
    connection.execute("SET TimeZone='UTC'")
    if spatial:
        load_spatial(connection)
    return connection


def lock_down(connection: duckdb.DuckDBPyConnection, folders: Sequence[Path]) -> None:
    """From here on only files in these folders can be read, and no setting can be changed back."""
    listed = ", ".join(quoted(f"{folder.resolve()}/") for folder in folders)
    connection.execute(f"SET allowed_directories=[{listed}]")
    connection.execute("SET enable_external_access=false")
    connection.execute("SET lock_configuration=true")
