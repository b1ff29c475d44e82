# SPDX-License-Identifier: EUPL-1.2
"""Answers in SQL that are kept as a version apart from the lake, so that every download format can be made of them.

An answer is named by the statement and the versions it was made from, so it is never older than its sources; rights
are asked anew every time.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from stoa.commons.cities.models import City
from stoa.commons.lake import door as lake
from stoa.commons.lake.place import layout
from stoa.commons.lake.values import Layout, StagedTable, VersionRef
from stoa.commons.roles.values import Principal
from stoa.commons.sandbox import door as sandbox
from stoa.commons.sandbox.refusals import table_unknown, too_many_rows
from stoa.commons.sandbox.values import Answer, Limits, Table
from stoa.ground.problems import NotFound
from stoa.ground.tables import ColumnSpec
from stoa.houses.catalogue.models import Dataset
from stoa.houses.catalogue.queries.tables import datasets_by_table_name

MOST_ROWS = 100_000
MOST_KEPT = 200
CACHE_MIB = 1024
FILES = Limits(rows=MOST_ROWS)


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as a version of a small lake of its own."""

    layout: Layout
    ref: VersionRef
    datasets: tuple[Dataset, ...]
    """What it was made from."""


class _KnownAnswer(Exception):  # noqa: N818 - not an error: the way out of the sandbox when nothing has to run
    pass


def places() -> Layout:
    """Where kept answers stand."""
    root = Path(settings.STOA_CACHE) / "sql"
    return Layout(root / "answers", root / "cache", settings.ENVIRONMENT.lake_memory_mib, cache_mib=CACHE_MIB)


def scratch() -> Path:
    """Where the children of the sandbox work."""
    return Path(settings.STOA_CACHE) / "sandbox"


class Finder:
    """Finds the tables of one statement for one reader, and remembers which datasets they are."""

    def __init__(self, city: City, by: Principal, aliases: dict[str, str] | None = None) -> None:
        self._city, self._by, self._aliases = city, by, aliases or {}
        self.found: dict[str, Dataset] = {}

    def __call__(self, names: tuple[str, ...]) -> dict[str, Table]:
        hits = datasets_by_table_name(city=self._city, principal=self._by, names=names, aliases=self._aliases)
        for name in names:
            if name not in hits:
                raise table_unknown(name)
        self.found = hits
        return {name: table_of(dataset) for name, dataset in hits.items()}

    @property
    def datasets(self) -> tuple[Dataset, ...]:
        return tuple({dataset.pk: dataset for dataset in self.found.values()}.values())


def table_of(dataset: Dataset) -> Table:
    """The current version of a dataset as a table of the sandbox."""
    if dataset.current is None:
        raise NotFound("version", dataset.slug)
    ref = dataset.current.ref
    return Table(lake.file_of(layout(), ref), tuple(c.name for c in ref.columns), ref.has_geometry)


def kept_answer(*, city: City, by: Principal, statement: str) -> Kept:
    """The answer as a version, worked out unless it is kept already; `Refused` beyond 100,000 rows."""
    find, named = Finder(city, by), ""
    own = places()

    def find_unless_known(names: tuple[str, ...]) -> dict[str, Table]:
        nonlocal named
        tables = find(names)
        named = f"{city.pk}/{_key(statement, find)}/v"
        if (own.lake / named / "dictionary.json").exists():
            raise _KnownAnswer
        return tables

    staged = own.lake / ".staged" / f"{secrets.token_hex(8)}.parquet"
    staged.parent.mkdir(parents=True, exist_ok=True)
    try:
        answer = sandbox.ask(
            scratch=scratch(),
            statement=statement,
            find=find_unless_known,
            limits=FILES,
            zone=timezone.get_current_timezone_name(),
            into=staged,
        )
        ref = keep(own, answer, staged, named)
    except _KnownAnswer:
        ref = lake.read_dictionary(own, named).ref
    finally:
        staged.unlink(missing_ok=True)
    return Kept(own, ref, find.datasets)


def _key(statement: str, find: Finder) -> str:
    versions = sorted((name, dataset.current.path) for name, dataset in find.found.items() if dataset.current)
    told = json.dumps([statement, versions, timezone.get_current_timezone_name()])
    return hashlib.sha256(told.encode()).hexdigest()[:40]


def keep(own: Layout, answer: Answer, staged: Path, path: str) -> VersionRef:
    """Write the answer as a version of the small lake."""
    if answer.truncated:
        raise too_many_rows(MOST_ROWS)
    table = StagedTable(staged, answer.written, geometry_of(answer))
    written = lake.write_version(own, table, path=path, columns=specs_of(answer))
    _make_room(own)
    return written.ref


def geometry_of(answer: Answer) -> str:
    return "wkb" if any(column.is_place for column in answer.columns) else "none"


def specs_of(answer: Answer) -> tuple[ColumnSpec, ...]:
    """The columns of an answer that was written as a staged table."""
    plain = [column for column in answer.columns if not column.is_place]
    return tuple(
        ColumnSpec(name, column.name[:200], column.kind)
        for name, column in zip(answer.names, plain, strict=True)
    )


def _make_room(own: Layout) -> None:
    """Forget the oldest answers beyond a number."""
    found = []
    for file in own.lake.glob("*/*/v/data.parquet"):
        with suppress(OSError):
            found.append((file.stat().st_mtime, file.parent.relative_to(own.lake).as_posix()))
    for _when, path in sorted(found)[: max(0, len(found) - MOST_KEPT)]:
        lake.remove_version(own, VersionRef(path, ()))
