# SPDX-License-Identifier: EUPL-1.2
"""Sending text messages through the HTTP interface of a gateway.

Every gateway has its own form, so the operator writes it down: `STOA_SMS_URL` is called by POST with the body
`STOA_SMS_BODY`, in which `{to}`, `{text}`, `{sender}` and `{key}` are filled in. A body that begins with a brace is
JSON, any other a web form. The key is sent as `Authorization: Bearer` unless the body has a place for it; a login in
the address is sent as `Authorization: Basic`. The gateway has taken a message when it answers 2xx.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from stoa.commons.fetching import words
from stoa.commons.fetching.sending import send
from stoa.commons.notices.texting import parts
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say

SECONDS = 10
JSON_BODY = '{"to": "{to}", "text": "{text}", "from": "{sender}"}'
GAPS = ("to", "text", "sender", "key")


class Transport(Protocol):
    """A way to send text messages."""

    def send(self, to: str, text: str) -> int:
        """Send a text to a number (E.164, with plus) and say in how many messages. Raises Refused."""


@dataclass(frozen=True, slots=True)
class HttpGateway:
    """A gateway that is called over HTTP, by the operator's template."""

    url: str
    body: str = JSON_BODY
    sender: str = ""
    key: str = ""
    seconds: float = SECONDS

    def send(self, to: str, text: str) -> int:
        """One call for each message; `Refused` (`fetch.<...>`) at the first that the gateway does not take."""
        messages = parts(text)
        for message in messages:
            kind, body = self.filled({"to": to, "text": message})
            status = send(self.url, body, headers=self._headers(kind), allowed_private_hosts=self._trusted(),
                          seconds=self.seconds)  # fmt: skip
            if not 200 <= status < 300:
                raise words.status(status, self.host)
        return len(messages)

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    def filled(self, facts: Mapping[str, str]) -> tuple[str, bytes]:
        """Content type and body with everything filled in, each value escaped as its place needs it."""
        told = {"sender": self.sender, "key": self.key, **facts}
        if self.body.lstrip().startswith("{"):
            document = _in_json(json.loads(self.body), told)
            return "application/json", json.dumps(document, ensure_ascii=False).encode()
        pairs = [(name, _put(value, told)) for name, value in parse_qsl(self.body, keep_blank_values=True)]
        return "application/x-www-form-urlencoded", urlencode(pairs).encode()

    def _headers(self, kind: str) -> dict[str, str]:
        parts_ = urlsplit(self.url)
        login = f"{unquote(parts_.username)}:{unquote(parts_.password or '')}" if parts_.username else ""
        known = f"Basic {b64encode(login.encode()).decode()}" if login else ""
        if self.key and "{key}" not in self.body:
            known = f"Bearer {self.key}"
        return {"Content-Type": kind, "Accept": "*/*"} | ({"Authorization": known} if known else {})

    def _trusted(self) -> tuple[str, ...]:
        """The operator chose this very server, so it may stand in the town's own network."""
        parts_ = urlsplit(self.url)
        return (f"{self.host}:{parts_.port or (443 if parts_.scheme == 'https' else 80)}",)


def _put(text: str, told: Mapping[str, str]) -> str:
    """Gaps filled in one pass, so that what is filled in is never taken for a gap."""
    found, rest = "", text
    while rest:
        gap = min((name for name in GAPS if f"{{{name}}}" in rest), key=lambda name: rest.index(f"{{{name}}}"),
                  default="")  # fmt: skip
        if not gap:
            return found + rest
        before, _brace, rest = rest.partition(f"{{{gap}}}")
        found += before + told.get(gap, "")
    return found


def _in_json(value: Any, told: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _put(value, told)
    if isinstance(value, list):
        return [_in_json(one, told) for one in value]
    if isinstance(value, dict):
        return {name: _in_json(one, told) for name, one in value.items()}
    return value


def wrong_with(url: str, body: str) -> str:
    """What is wrong with the settings of a gateway, for the operator; empty: nothing."""
    parts_ = urlsplit(url)
    if parts_.scheme not in {"http", "https"} or not parts_.hostname:
        return "STOA_SMS_URL is no web address"
    if body.lstrip().startswith("{"):
        try:
            json.loads(body)
        except ValueError:
            return "STOA_SMS_BODY begins with a brace but is no JSON"
    missing = [name for name in ("to", "text") if f"{{{name}}}" not in body]
    return f"STOA_SMS_BODY lacks {{{missing[0]}}}" if missing else ""


def transport(environment: Any) -> Transport:
    """The gateway of this install. Raises Refused (`notices.sms_missing`) where none is named."""
    if not environment.sms_url:
        raise Refused(
            Problem(
                "notices.sms_missing",
                say("This install cannot send text messages."),
                say("No gateway for them is set up."),
                say("Ask the operator to set STOA_SMS_URL, or choose another way."),
            )
        )
    return HttpGateway(
        environment.sms_url, environment.sms_body or JSON_BODY, environment.sms_sender, environment.sms_key
    )
