# SPDX-License-Identifier: EUPL-1.2
"""Counting the uses of our own pages, files and tiles."""

from __future__ import annotations

from django.http import HttpRequest

from stoa.houses.catalogue.actions.counting import note_use
from stoa.houses.catalogue.models import Dataset
from stoa.houses.catalogue.rules.counting import asks_as_program
from stoa.houses.catalogue.terms import State, UsageKind

GATE = "portal"


def count_use(request: HttpRequest, dataset: Dataset, kind: UsageKind, *, rows: int = 0) -> None:
    """Count one use; a HEAD request and the later parts of a file that comes in parts are none, nor is a look at a draft."""
    part = request.headers.get("Range", "bytes=0-")
    is_draft = dataset.state in {State.DRAFT, State.REVIEW}
    if is_draft or request.method != "GET" or not part.startswith("bytes=0-"):
        return
    program = asks_as_program(
        user_agent=request.headers.get("User-Agent", ""),
        accept=request.headers.get("Accept", ""),
        has_key="Authorization" in request.headers,
    )
    note_use(city=dataset.city, dataset=dataset.uid, gate=GATE, kind=kind, rows=rows, program=program)
