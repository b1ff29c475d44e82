# SPDX-License-Identifier: EUPL-1.2
"""The Iceberg table over the files of history, for other engines (Spark, Sail, DuckDB, Polars ...).

Our own readers do not need it. It is made to agree with the list of files that count, as often as one likes; the
files stay where they are (`add_files`), so nothing is written twice. Catalogue: pyiceberg's SqlCatalog in our
PostgreSQL. Specification: Apache Iceberg table spec, format version 2.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from stoa.commons.history.values import SeriesFile
from stoa.commons.lake.values import Layout

if TYPE_CHECKING:
    from pyiceberg.catalog.sql import SqlCatalog
    from pyiceberg.table import Table

NAMESPACE = "observations"
FOLDER = "iceberg"


def open_catalog(layout: Layout, database_url: str) -> SqlCatalog:
    """The catalogue in our PostgreSQL. `database_url`: `postgresql+psycopg2://...`; its two tables are there already."""
    from pyiceberg.catalog.sql import SqlCatalog

    return SqlCatalog(
        "stoa",
        uri=database_url,
        warehouse=(layout.lake / FOLDER).absolute().as_uri(),
        init_catalog_tables="false",
        pool_pre_ping="true",
    )


def table_name(city_id: int) -> tuple[str, str]:
    """Name of a city's table."""
    return (NAMESPACE, f"city_{city_id}")


def open_table(catalog: SqlCatalog, city_id: int) -> Table:
    """The city's table; made when there is none yet, partitioned by month, sorted by series and time."""
    from pyiceberg.exceptions import NoSuchTableError
    from pyiceberg.partitioning import PartitionField, PartitionSpec
    from pyiceberg.table.sorting import SortField, SortOrder
    from pyiceberg.transforms import IdentityTransform, MonthTransform

    name = table_name(city_id)
    try:
        return catalog.load_table(name)
    except NoSuchTableError:
        schema = _schema()
        at, series = schema.find_field("at").field_id, schema.find_field("datastream_id").field_id
        catalog.create_namespace_if_not_exists(NAMESPACE)
        return catalog.create_table_if_not_exists(
            name,
            schema,
            partition_spec=PartitionSpec(PartitionField(at, 1000, MonthTransform(), "at_month")),
            sort_order=SortOrder(
                SortField(series, transform=IdentityTransform()), SortField(at, transform=IdentityTransform())
            ),
            properties={
                "format-version": "2",
                # Files written by us carry no field ids: columns are found by name.
                "schema.name-mapping.default": schema.name_mapping.model_dump_json(),
                "write.metadata.previous-versions-max": "20",
                "write.metadata.delete-after-commit.enabled": "true",
            },
        )


def _schema() -> Any:
    from pyiceberg.schema import Schema
    from pyiceberg.types import DoubleType, IntegerType, LongType, NestedField, StringType, TimestamptzType

    from stoa.commons.history.schema import SCHEMA

    kinds = {"int64": LongType, "int32": IntegerType, "double": DoubleType, "string": StringType}
    return Schema(
        *(
            NestedField(
                place, field.name, kinds.get(str(field.type), TimestamptzType)(), required=not field.nullable
            )
            for place, field in enumerate(SCHEMA, start=1)
        )
    )


def agree(layout: Layout, table: Table, files: Iterable[SeriesFile]) -> int:
    """Make the table hold exactly these files, in one commit; returns how many were put in or taken out.

    A span whose file changed is emptied first: its old file lies in it as a whole, so nothing is rewritten.
    """
    wanted = {str((layout.lake / file.path).absolute().as_uri()): file for file in files}
    held = {row["file_path"]: row for row in table.inspect.files().to_pylist()}
    added = [uri for uri in wanted if uri not in held]
    taken = [uri for uri in held if uri not in wanted]
    if not added and not taken:
        return 0
    with table.transaction() as change:
        for uri in taken:
            change.delete(_within(uri))
        if added:
            change.add_files(sorted(added))
    return len(added) + len(taken)


def _within(uri: str) -> str:
    """The condition that an observation lies in the span that a file's name tells."""
    begins, ends, _ = uri.rsplit("/", 1)[-1].removesuffix(".parquet").split("-")
    first, last = (datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC).isoformat() for day in (begins, ends))
    return f"at >= '{first}' and at < '{last}'"


def expire(table: Table, older_than: timedelta) -> None:
    """Forget states of the table that nobody needs any more; the present one stays."""
    before = datetime.now(tz=UTC) - older_than
    table.maintenance.expire_snapshots().older_than(before.replace(tzinfo=None)).commit()
