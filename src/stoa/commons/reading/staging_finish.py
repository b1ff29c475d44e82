# SPDX-License-Identifier: EUPL-1.2
"""The files of the version are written while the table is judged, so that neither leaves a processor idle."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

import duckdb

from stoa.commons.lake import finishing
from stoa.commons.lake.values import StagedTable
from stoa.commons.reading.recipe import Recipe
from stoa.commons.reading.staging import THREADS
from stoa.commons.reading.staging_place import load_spatial

log = logging.getLogger(__name__)
MOST_ROWS = 20_000_000
"""Above, who waits for the report should not wait for the files too: they are written when it is published."""


@dataclass
class Finishing:
    """A thread that writes the files of a version."""

    staged: StagedTable
    thread: threading.Thread | None = None
    is_done: bool = False

    def wait(self) -> StagedTable:
        """The staged table, which says whether its files stand beside it."""
        if self.thread is not None:
            self.thread.join()
        return replace(self.staged, is_finished=self.is_done)


@contextmanager
def finishing_beside(
    connection: duckdb.DuckDBPyConnection, staged: StagedTable, recipe: Recipe
) -> Iterator[Finishing]:
    """Write the files in a thread of its own; it has ended when the block ends, however that comes."""
    found = Finishing(staged)
    if not 0 < staged.rows <= MOST_ROWS:
        yield found
        return
    if staged.geometry != "none":
        load_spatial(connection)
    # Both keep a processor each: two threads for one sort would cost a third more time than one, and be no sooner done.
    connection.execute("SET threads = 1")
    with connection.cursor() as cursor:
        found.thread = threading.Thread(target=_finish, args=(cursor, found, recipe), daemon=True)
        found.thread.start()
        try:
            yield found
        except BaseException:
            cursor.interrupt()
            raise
        finally:
            found.thread.join()
    connection.execute(f"SET threads = {THREADS}")


def _finish(cursor: duckdb.DuckDBPyConnection, found: Finishing, recipe: Recipe) -> None:
    """What fails here is no reason to refuse a file: it is tried again when the version is published."""
    try:
        finishing.finish(cursor, found.staged, recipe.specs())
        found.is_done = True
    except (duckdb.Error, OSError, ValueError, MemoryError) as error:
        log.warning("the version's files were not written beside the reading: %s", type(error).__name__)
        folder = finishing.finished_folder(found.staged)
        with suppress(OSError):
            shutil.rmtree(folder.with_name(f"{folder.name}.part"), ignore_errors=True)
