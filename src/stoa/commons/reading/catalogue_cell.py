# SPDX-License-Identifier: EUPL-1.2
"""The child's side of `catalogues`: one document on standard input, its items as lines on standard output."""

from __future__ import annotations

import os
import sys
from typing import IO

from pydantic import TypeAdapter

from stoa.commons.reading.catalogues import adapter
from stoa.commons.reading.cell_limits import confine
from stoa.commons.reading.door import Limits
from stoa.ground.words import Saying
from stoa.standards.catalogues.reading import read
from stoa.standards.catalogues.values import CatalogueUnreadable


def main(kind: str, url: str, seconds: str, memory: str, written: str) -> int:
    """Take on the limits, then read."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not mix with our answers
    confine(Limits(seconds=int(seconds), memory_bytes=int(memory), unpacked_bytes=int(written)))
    try:
        for item in read(kind, sys.stdin.buffer.read(), url):
            name = type(item).__name__
            _tell(answers, name, adapter(name).dump_json(item))
    except CatalogueUnreadable as unreadable:
        _tell(answers, "unreadable", TypeAdapter(Saying).dump_json(unreadable.why))
    _tell(answers, "end", b"")
    answers.flush()
    return 0


def _tell(answers: IO[bytes], name: str, value: bytes) -> None:
    answers.write(name.encode() + b" " + value + b"\n")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
