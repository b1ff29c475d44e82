# SPDX-License-Identifier: EUPL-1.2
"""Web addresses taken apart and judged before anybody is called: scheme, name, port, permission. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote, urljoin, urlsplit

from stoa.commons.fetching import words

USUAL_PORTS = frozenset({80, 443, 8080, 8443})
MOST_LETTERS = 4000
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:.]{2,45}")


@dataclass(frozen=True, slots=True)
class Target:
    """One server and one path on it, ready to be called."""

    scheme: str
    host: str
    """Lower-case ASCII (punycode where needed), without brackets."""
    port: int
    path: str
    """Path and query, percent-encoded."""
    login: str = ""
    """`name:password` from the address; sent to this server only, never shown."""
    authorization: str = ""
    """A key for this server only, as it stands in the header; never shown."""
    is_allowed: bool = False
    """The operator trusts this host: it may stand in an inner network."""

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"http": 80, "https": 443}[self.scheme]
        return host if self.port == usual else f"{host}:{self.port}"

    @property
    def shown(self) -> str:
        """The address without login and query, fit for logs and pages."""
        return f"{self.scheme}://{self.authority}{self.path.partition('?')[0]}"

    @property
    def url(self) -> str:
        """The whole address but for the login."""
        return f"{self.scheme}://{self.authority}{self.path}"


def target_of(url: str, allowed: Collection[str] = ()) -> Target:
    """Take an address apart; `Refused` if it may not be called whatever its name resolves to.

    `allowed` holds hosts (any usual port) or `host:port` pairs.
    """
    if len(url) > MOST_LETTERS or any(ord(letter) < 33 or ord(letter) == 127 for letter in url.strip()):
        raise words.address_wrong()
    try:
        parts = urlsplit(url.strip())
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
        host = _ascii(parts.hostname or "")
    except ValueError:
        raise words.address_wrong() from None
    if parts.scheme not in {"http", "https"}:
        raise words.scheme_unknown(parts.scheme or url)
    if not _HOST.fullmatch(host):
        raise words.address_wrong()
    named = {entry.lower().strip() for entry in allowed}
    by_port = f"{host}:{port}" in named or f"[{host}]:{port}" in named
    if port not in USUAL_PORTS and not by_port:
        raise words.port_closed(host, port)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
    login = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}" if parts.username else ""
    return Target(parts.scheme, host, port, path + query, login, is_allowed=by_port or host in named)


def followed(target: Target, location: str, allowed: Collection[str] = ()) -> Target:
    """Where a redirect leads, judged like any other address; a login or key goes to the same server only."""
    found = target_of(urljoin(target.url, location.strip()[: MOST_LETTERS + 1].replace(" ", "%20")), allowed)
    same = (found.scheme, found.host, found.port) == (target.scheme, target.host, target.port)
    return replace(
        found,
        login=target.login if same else "",
        authorization=target.authorization if same else "",
    )


def _ascii(host: str) -> str:
    """The host in the letters of the directory (IDNA 2003, as Python has it)."""
    plain = host.rstrip(".").lower()
    return plain if plain.isascii() else plain.encode("idna").decode("ascii")
