# SPDX-License-Identifier: EUPL-1.2
"""Files of other servers, for whoever brings one in by its address."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from stoa.commons.fetching.door import Fetched, fetch
from stoa.houses.catalogue.actions.fetching_layers import fetch_layer


def fetch_file(*, url: str, to: Path, allowed_private_hosts: Collection[str]) -> Fetched:
    """What stands at an address, into the folder `to`; a layer of a service whole, page after page. Raises `Refused`."""
    got = fetch_layer(url, previous=None, allowed_private_hosts=allowed_private_hosts, to=to) or fetch(
        url, allowed_private_hosts=allowed_private_hosts, to=to
    )
    if not isinstance(got, Fetched):
        raise TypeError("a first fetch always brings a file")
    return got
