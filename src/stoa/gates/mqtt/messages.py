# SPDX-License-Identifier: EUPL-1.2
"""A message on its way from the broker to the store."""

from __future__ import annotations

from typing import NamedTuple


class Message(NamedTuple):
    """One message as it came from the broker."""

    topic: str
    payload: bytes
    number: int
    """Its packet id: what is acknowledged; 0: nothing waits for that."""
    session: int = 0
    """The connection by which it came."""
