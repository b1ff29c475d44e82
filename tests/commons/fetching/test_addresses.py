# SPDX-License-Identifier: EUPL-1.2
"""The rule about public addresses, against the standard library and against arithmetic."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.commons.fetching.addresses import is_public

EXTRA_CLOSED = (
    "168.63.129.16/32",
    "192.31.196.0/24",
    "192.52.193.0/24",
    "192.88.99.0/24",
    "192.175.48.0/24",
    "192.0.0.0/24",
)
INNER = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "100.64.0.0/10",
    "224.0.0.0/4",
    "0.0.0.0/8",
)


def near(*networks: str) -> st.SearchStrategy[int]:
    """Numbers of addresses at and around the edges of networks, where a wrong mask would show."""
    edges = [
        int(edge) + d
        for n in networks
        for edge in (IPv4Network(n)[0], IPv4Network(n)[-1])
        for d in (-1, 0, 1)
    ]
    return st.sampled_from([edge for edge in edges if 0 <= edge < 2**32])


@given(
    st.one_of(
        st.integers(0, 2**32 - 1),
        near(*INNER, *EXTRA_CLOSED, "198.18.0.0/15", "240.0.0.0/4", "203.0.113.0/24"),
    )
)
def test_the_rule_for_ipv4_is_the_libraries_judgement_less_some_special_networks(number: int) -> None:
    address = IPv4Address(number)
    special = any(
        number >> (32 - n.prefixlen) == int(n[0]) >> (32 - n.prefixlen)
        for n in map(IPv4Network, EXTRA_CLOSED)
    )
    shared = number >> 22 == int(IPv4Address("100.64.0.0")) >> 22
    expected = (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not special
        and not shared
    )
    assert is_public(str(address)) is expected


@given(st.one_of(st.integers(0, 2**128 - 1), st.integers(2 << 124, (4 << 124) - 1)))
def test_a_public_ipv6_address_is_also_global_for_the_library_and_carries_no_ipv4(number: int) -> None:
    address = IPv6Address(number)
    if is_public(str(address)):
        assert address.is_global
        assert not address.is_multicast
        assert address.ipv4_mapped is None
        assert address.sixtofour is None
        assert address.teredo is None
    elif number >> 125 == 1:
        closed = ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "2620:4f:8000::/48")
        assert any(address in IPv6Network(network) for network in closed)


@given(st.integers(0, 2**32 - 1))
def test_an_ipv4_address_inside_an_ipv6_address_is_never_public(number: int) -> None:
    inner = IPv4Address(number)
    forms = [(0xFFFF << 32) | number, number, (0x64FF9B << 96) | number, (0x64FF9B0001 << 80) | number]
    forms += [(0x2002 << 112) | (number << 80), (0x20010000 << 96) | (number ^ 0xFFFFFFFF)]
    assert not any(is_public(str(IPv6Address(form))) for form in forms), inner


@pytest.mark.parametrize(
    "text",
    [
        *(
            "127.0.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.251",
            "168.63.129.16",
        ),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "2001:4860:4860::8888%eth0", "fd00:ec2::254", "ff02::1"),
        *("64:ff9b::8.8.8.8", "::ffff:8.8.8.8", "2002:808:808::", "", "example.org", "8.8.8"),
    ],
)
def test_an_inner_or_special_address_is_not_public(text: str) -> None:
    assert not is_public(text)


@pytest.mark.parametrize(
    "text", ["8.8.8.8", "1.1.1.1", "2001:4860:4860::8888", "2a00:1450:4001:80e::200e", "193.110.1.1"]
)
def test_an_ordinary_server_is_public(text: str) -> None:
    assert is_public(text)
    assert ip_address(text).is_global
