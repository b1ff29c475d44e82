# SPDX-License-Identifier: EUPL-1.2
"""Who asks and under which address: only web servers that the operator trusts may say it."""

from __future__ import annotations

import pytest

from stoa.site.environment import Environment, answered_hosts, checked
from stoa.site.front_caller import Caller, Outside, caller_of, networks, outside_from, public_address
from stoa.site.home import HomeTrouble

TOLD = [
    (b"host", b"a"), (b"x-forwarded-for", b"6.6.6.6, 192.0.2.9"), (b"x-forwarded-proto", b"https"),
    (b"x-forwarded-host", b"data.town.example"), (b"x-forwarded-port", b"8443"),
]  # fmt: skip
HERE = Outside(networks(["127.0.0.1", "10.1.0.0/16", "2001:db8::/32"]))
NAMED = {"STOA_PUBLIC_URL": "https://Data.town.example:8443/", "STOA_TRUSTED_PROXIES": "127.0.0.1"}


def asked(outside: Outside, peer: str = "127.0.0.1", **headers: str) -> Caller:
    """A caller on our plain port, with headers named as in Python."""
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return caller_of(sent, peer, "http", outside)


def test_only_a_trusted_proxy_may_say_who_asks() -> None:
    assert caller_of(TOLD, "198.51.100.1", "http", HERE) == Caller("198.51.100.1", "http", "a")
    assert caller_of(TOLD, "127.0.0.1", "http", Outside()) == Caller("127.0.0.1", "http", "a")
    assert caller_of(TOLD, "127.0.0.1", "http", HERE) == Caller(
        "192.0.2.9", "https", "data.town.example:8443"
    )


@pytest.mark.parametrize(
    ("peer", "is_trusted"),
    [
        ("10.1.2.3", True), ("10.2.0.1", False), ("::ffff:10.1.2.3", True), ("2001:db8::7", True),
        ("2001:db9::7", False), ("", False), ("unix:", False),
    ],
)  # fmt: skip
def test_a_network_of_proxies_may_be_trusted(peer: str, is_trusted: bool) -> None:
    assert HERE.trusts(peer) is is_trusted


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ("192.0.2.9", "192.0.2.9"), ("6.6.6.6, 192.0.2.9:51234", "192.0.2.9"), ("[2001:db8::9]:51234", "2001:db8::9"),
        ("2001:db8::9", "2001:db8::9"), ("unknown", "127.0.0.1"), ("", "127.0.0.1"),
        ("192.0.2.9, <script>", "127.0.0.1"),
    ],
)  # fmt: skip
def test_what_a_proxy_says_of_the_caller_is_an_address_or_nothing(told: str, address: str) -> None:
    assert asked(HERE, host="a", x_forwarded_for=told).address == address


@pytest.mark.parametrize(
    ("headers", "scheme", "host"),
    [
        # nginx with `$http_host`: the port is in the name.
        ({"x_forwarded_proto": "https", "x_forwarded_host": "data.town.example:8443"}, "https", "data.town.example:8443"),
        # nginx with `$host`: the port is lost, and the operator's address gives it back.
        ({"x_forwarded_proto": "https", "x_forwarded_host": "data.town.example"}, "https", "data.town.example:8443"),
        ({"x_forwarded_proto": "https", "x_forwarded_host": "DATA.town.example"}, "https", "DATA.town.example:8443"),
        # Another name of the same install: only the proxy can know its port.
        ({"x_forwarded_proto": "https", "x_forwarded_host": "b.example"}, "https", "b.example"),
        ({"x_forwarded_proto": "https", "x_forwarded_host": "b.example", "x_forwarded_port": "444"}, "https", "b.example:444"),
        ({"x_forwarded_proto": "https", "x_forwarded_host": "b.example", "x_forwarded_port": "443"}, "https", "b.example"),
        # TLS ends before the last proxy, which names its own port.
        ({"x_forwarded_proto": "https", "x_forwarded_host": "b.example", "x_forwarded_port": "80"}, "https", "b.example"),
        ({"x_forwarded_proto": "https", "x_forwarded_host": "b.example", "x_forwarded_port": "8e3"}, "https", "b.example"),
        # Apache appends to what the caller claimed.
        ({"x_forwarded_proto": "https", "x_forwarded_host": "evil.example, b.example"}, "https", "b.example"),
        ({"x_forwarded_proto": "x", "x_forwarded_host": "[2001:db8::1]", "x_forwarded_port": "81"}, "http", "[2001:db8::1]:81"),
        # Asked inside, without the proxy's word: nothing is added.
        ({"host": "data.town.example"}, "http", "data.town.example"),
        ({"host": "127.0.0.1:8000"}, "http", "127.0.0.1:8000"),
    ],
)  # fmt: skip
def test_absolute_addresses_get_the_port_that_callers_use(
    headers: dict[str, str], scheme: str, host: str
) -> None:
    caller = asked(outside_from(NAMED), **({"host": "127.0.0.1:8000"} | headers))
    assert (caller.scheme, caller.host) == (scheme, host)


def test_the_public_address_is_written_in_one_way() -> None:
    assert public_address("https://Data.Town.example/") == "https://data.town.example"
    assert (
        Environment(public_url=" https://data.town.example:8443/ ").public_url
        == "https://data.town.example:8443"
    )  # type: ignore[call-arg]
    assert outside_from({"STOA_PUBLIC_URL": "https://data.town.example:443"}).port == 0


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("STOA_PUBLIC_URL", "data.town.example", "is not an address"),
        ("STOA_PUBLIC_URL", "ftp://data.town.example", "is not an address"),
        ("STOA_PUBLIC_URL", "https://me:secret@data.town.example", "is not an address"),
        ("STOA_PUBLIC_URL", "https://town.example/data", "has a path"),
        ("STOA_TRUSTED_PROXIES", "127.0.0.1,proxy.town.example", "proxy.town.example is neither"),
        ("STOA_LAKE", "s3://bucket/lake", "object stores are not supported"),
        ("STOA_LAKE_MEMORY_MIB", "many", "STOA_LAKE_MEMORY_MIB"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_refused_in_words(
    name: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(HomeTrouble, match=words):
        checked()


def test_the_public_name_is_answered_without_being_named_twice() -> None:
    public = "https://data.town.example:8443"
    assert answered_hosts(("b.example",), public) == ["b.example", "data.town.example"]
    assert answered_hosts(("data.town.example",), public) == ["data.town.example"]
    assert answered_hosts((), public) == ["*"]
