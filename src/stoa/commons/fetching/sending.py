# SPDX-License-Identifier: EUPL-1.2
"""The way out for what others asked us to tell them: one small POST, guarded like every fetch."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping

from stoa.commons.fetching import words
from stoa.commons.fetching.pace import Pace
from stoa.commons.fetching.places import target_of
from stoa.commons.fetching.wire import Resolver, TooSlow, open_exchange, resolve

CONNECT_SECONDS = 5.0
_OWN = frozenset({"host", "connection", "content-length", "transfer-encoding"})


def send(
    url: str,
    body: bytes,
    *,
    headers: Mapping[str, str],
    allowed_private_hosts: Collection[str] = (),
    seconds: float = 10,
    resolver: Resolver = resolve,
) -> int:
    """Send a body and give the status of the answer, whatever it is; what the answer says is not read.

    `Refused` with `fetch.<...>` if the address may not be called (redirects are not followed), cannot be reached or
    is slower than `seconds`. A login in the address is not sent.
    """
    target = target_of(url, allowed_private_hosts)
    pace = Pace(time.monotonic(), seconds, seconds, 0)
    own = {name: text for name, text in headers.items() if name.lower() not in _OWN}
    try:
        exchange = open_exchange(
            target, own, pace, resolver=resolver, connect_seconds=min(seconds, CONNECT_SECONDS), body=body
        )
    except TooSlow:
        raise words.too_slow(target.host) from None
    try:
        return int(exchange.response.status)
    finally:
        exchange.close()
