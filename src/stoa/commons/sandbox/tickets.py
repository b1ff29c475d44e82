# SPDX-License-Identifier: EUPL-1.2
"""A question that may be cancelled has a ticket: a random word that only whoever asked knows.

The ticket is an empty file while the question runs; whoever takes it away cancels the question, in whichever
process it runs. Nobody can make files by cancelling.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = "asked"
_TICKET = re.compile(r"[0-9a-f]{32}")


@contextmanager
def running(scratch: Path, ticket: str) -> Iterator[Callable[[], bool]]:
    """While the block runs, the question can be cancelled; gives the look whether it was. A wrong ticket is none."""
    if not _TICKET.fullmatch(ticket):
        yield lambda: False
        return
    file = scratch / FOLDER / ticket
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    try:
        yield lambda: not file.exists()
    finally:
        file.unlink(missing_ok=True)


def cancel(scratch: Path, ticket: str) -> bool:
    """Cancel the question with this ticket; says whether there was one."""
    if not _TICKET.fullmatch(ticket):
        return False
    try:
        (scratch / FOLDER / ticket).unlink()
    except FileNotFoundError:
        return False
    return True
