# SPDX-License-Identifier: EUPL-1.2
"""JSON-LD contexts that are kept."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stoa.commons.cities.models import City
from stoa.ground.problems import NotFound
from stoa.houses.observations.models import LinkedContext


@dataclass(frozen=True, slots=True)
class KeptContext:
    """One context."""

    uid: uuid.UUID
    kind: str
    address: str
    document: Mapping[str, Any] | None
    """None in lists: one may be as large as a megabyte."""
    hits: int
    created_at: datetime
    last_used_at: datetime | None


def contexts(*, city: City, kind: str = "") -> list[KeptContext]:
    """All contexts without their documents, oldest first; one query."""
    asked = LinkedContext.objects.filter(city=city).defer("document").order_by("pk")
    return [_kept(row, None) for row in (asked.filter(kind=kind) if kind else asked)]


def context(*, city: City, uid: uuid.UUID) -> KeptContext:
    """One context. Raises NotFound."""
    row = LinkedContext.objects.filter(city=city, uid=uid).first()
    if row is None:
        raise NotFound("context", str(uid))
    return _kept(row, row.document)


def context_by_address(*, city: City, address: str) -> KeptContext:
    """A context that was fetched, without its document, which is somebody else's. Raises NotFound."""
    asked = LinkedContext.objects.filter(city=city, address=address).defer("document")
    row = asked.first() if address else None
    if row is None:
        raise NotFound("context", address)
    return _kept(row, None)


def _kept(row: LinkedContext, document: Mapping[str, Any] | None) -> KeptContext:
    return KeptContext(row.uid, row.kind, row.address, document, row.hits, row.created_at, row.last_used_at)
