# SPDX-License-Identifier: EUPL-1.2
"""Whom an internet address stands for, where what strangers may do is counted."""

from __future__ import annotations

from ipaddress import IPv6Network, ip_address


def network_of(address: str) -> str:
    """Whom an address stands for: with IPv6 everybody has a /64.

    >>> network_of("2001:db8::1:2") == network_of("2001:db8::3:4")
    True
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(found) if found.version == 4 else str(IPv6Network((int(found) >> 64 << 64, 64)))


def is_this_machine(address: str) -> bool:
    """Whether somebody on this machine asks, by a socket (an empty address) or by itself.

    >>> is_this_machine("127.0.0.1"), is_this_machine("192.0.2.1")
    (True, False)
    """
    try:
        return not address or ip_address(address).is_loopback
    except ValueError:
        return False
