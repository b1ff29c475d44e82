# SPDX-License-Identifier: EUPL-1.2
"""The way out for notifications: what is sent, what is never called, what is said of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.commons.fetching.test_fetch import Server, reply, serve

from stoa.commons.fetching.sending import send
from stoa.ground.problems import Refused

__all__ = ["serve"]


def test_a_body_is_posted_with_its_headers_and_the_status_comes_back(serve: Callable[..., Server]) -> None:
    server = serve(reply(b"", "202 Accepted"))
    headers = {"Content-Type": "application/json", "X-Key": "1", "Host": "elsewhere.example"}
    assert send(server.url("/in"), b"{}", headers=headers, allowed_private_hosts=[server.place]) == 202
    (asked,) = server.requests
    assert asked.startswith("POST /in HTTP/1.1")
    assert "X-Key: 1" in asked
    assert f"Host: {server.place}" in asked
    assert "elsewhere.example" not in asked


def test_a_redirect_is_not_followed(serve: Callable[..., Server]) -> None:
    server = serve(reply(b"", "302 Found", Location="http://127.0.0.1:1/"))
    assert send(server.url("/in"), b"{}", headers={}, allowed_private_hosts=[server.place]) == 302
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1/in", "fetch.address_private"),
        ("http://127.0.0.1:22/in", "fetch.port_refused"),
        ("ftp://receiver.example/in", "fetch.scheme_unknown"),
    ],
)
def test_what_must_not_be_called_is_not(url: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        send(url, b"{}", headers={})
    assert refused.value.problem.code == code


def test_a_receiver_that_says_nothing_is_given_up(serve: Callable[..., Server]) -> None:
    server = serve([])
    with pytest.raises(Refused):
        send(server.url("/in"), b"{}", headers={}, allowed_private_hosts=[server.place], seconds=0.2)
