# SPDX-License-Identifier: EUPL-1.2
"""One question, asked of DuckDB on this machine and of Sail, which may run on many: python big_analysis.py TABLE

TABLE is the folder of a city's Iceberg table: <lake>/iceberg/observations/city_1. Prints one JSON document.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import ibis

EXTENSIONS = ("avro", "iceberg")


def warmest_hours(observations: ibis.Table) -> ibis.Table:
    """The question: each series by hour, how many values, their mean and the greatest; the first hundred hours."""
    good = observations.filter(observations.number.notnull(), ~observations.quality.isin([4, 9]))
    hours = good.mutate(hour=good.at.truncate("h")).group_by("datastream_id", "hour")
    told = hours.agg(many=ibis._.number.count(), mean=ibis._.number.mean(), most=ibis._.number.max())
    return told.order_by("datastream_id", "hour").limit(100)


@contextmanager
def on_duckdb(table: Path) -> Iterator[ibis.Table]:
    """The table in DuckDB, in this process."""
    newest = max((table / "metadata").glob("*.metadata.json"))
    engine = ibis.duckdb.connect(allow_unsigned_extensions=False)
    for name in EXTENSIONS:
        engine.raw_sql(f"LOAD '{_extension(name)}'")
    engine.raw_sql("SET TimeZone = 'UTC'")
    engine.raw_sql(f"CREATE VIEW observations AS FROM iceberg_scan('{newest}')")
    yield engine.table("observations")
    engine.disconnect()


def _extension(name: str) -> Path:
    """The extension's file from its Python package; `INSTALL iceberg` does the same where the network is open."""
    spec = find_spec(f"duckdb_extension_{name}")
    assert spec is not None
    assert spec.submodule_search_locations
    base = Path(next(iter(spec.submodule_search_locations)))
    return base / "extensions" / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"


@contextmanager
def on_sail(table: Path) -> Iterator[ibis.Table]:
    """The table in Sail, here in this process; a cluster has an address of its own (sc://host:port)."""
    from pysail.spark import SparkConnectServer
    from pyspark.sql import SparkSession

    server = SparkConnectServer()
    server.start(background=True)
    spark = SparkSession.builder.remote(f"sc://127.0.0.1:{server.listening_address[1]}").getOrCreate()
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    spark.read.format("iceberg").load(str(table)).createOrReplaceTempView("observations")
    yield ibis.pyspark.connect(spark).table("observations")
    spark.stop()
    server.stop()


def answer(table: Path, where: Callable[[Path], Any]) -> list[list[Any]]:
    """The same expression, whichever engine the table is in."""
    with where(table) as observations:
        rows = warmest_hours(observations).to_pyarrow().to_pylist()
    return [
        [row["datastream_id"], row["hour"].isoformat()[:16], row["many"], row["mean"], row["most"]]
        for row in rows
    ]


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    print(json.dumps({"duckdb": answer(folder, on_duckdb), "sail": answer(folder, on_sail)}))
