# SPDX-License-Identifier: EUPL-1.2
"""What counts as an address on the web. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

MOST_LETTERS = 2000
_NEVER = re.compile(r"[\x00-\x20\x7f-\x9f<>\"{}|\\^`\ud800-\udfff\ufffe\uffff]")
"""What no IRI may have in it (RFC 3987, section 2.2)."""


def is_web_address(text: str) -> bool:
    """Whether this is an absolute http(s) address that can stand in a link and in RDF as it is.

    >>> is_web_address("https://example.org/schema"), is_web_address("javascript:alert(1)")
    (True, False)
    """
    if len(text) > MOST_LETTERS or _NEVER.search(text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
