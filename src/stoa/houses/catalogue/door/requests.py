# SPDX-License-Identifier: EUPL-1.2
"""Public requests for data, for whoever follows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from stoa.commons.cities.models import City
from stoa.houses.catalogue.queries.contributions import requests_moved
from stoa.houses.catalogue.terms import REQUEST_LABELS, RequestState


@dataclass(frozen=True, slots=True)
class RequestCard:
    """One public request as it stands."""

    uid: UUID
    title: str
    description: str
    state: str
    """A word to be translated."""
    reason: str
    """The answer; empty while there is none."""
    moved_at: datetime
    """When it was answered, else when it became public."""


def moved(*, city: City, most: int) -> tuple[RequestCard, ...]:
    """Public requests, those that came or were answered last first (one query)."""
    return tuple(
        RequestCard(
            one.uid,
            one.title,
            one.description,
            REQUEST_LABELS[RequestState(one.state)],
            one.reason,
            one.decided_at or one.shown_at or one.made_at,
        )
        for one in requests_moved(city=city, most=most)
    )
