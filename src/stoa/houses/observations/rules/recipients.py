# SPDX-License-Identifier: EUPL-1.2
"""Which addresses alerts may be sent to, by way. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from stoa.houses.observations.terms import Channel

MOST_LETTERS = 500
_EMAIL = re.compile(r"[^@\s<>,;:\"']{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250})\.[A-Za-z]{2,63}")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_BETWEEN = re.compile(r"[\s()/.-]")


def readable(channel: Channel, text: str) -> str:
    """The address as it is kept; empty if it is none that this way can reach.

    >>> readable(Channel.SMS, "+49 (251) 492-0")
    '+492514920'
    """
    text = text.strip()
    if not text or len(text) > MOST_LETTERS or any(ord(letter) < 32 for letter in text):
        return ""
    if channel is Channel.EMAIL:
        return text if _EMAIL.fullmatch(text) and ".." not in text else ""
    if channel is Channel.SMS:
        return _number(text)
    return _place(text, {"http", "https"} if channel is Channel.WEBHOOK else {"mqtt", "mqtts"})


def _number(text: str) -> str:
    """E.164, with plus; a number without its country is nobody's number elsewhere."""
    bare = _BETWEEN.sub("", text)
    bare = f"+{bare[2:]}" if bare.startswith("00") else bare
    return bare if _NUMBER.fullmatch(bare) else ""


def _place(text: str, schemes: set[str]) -> str:
    try:
        parts = urlsplit(text)
        fits = parts.scheme in schemes and bool(parts.hostname) and " " not in text and parts.port != 0
    except ValueError:
        return ""
    is_topic = not schemes & {"mqtt"} or (len(parts.path) > 1 and not set("+#") & set(parts.path))
    has_login = bool(parts.username) and "http" in schemes
    return text if fits and is_topic and not has_login else ""


def shown(channel: Channel, address: str) -> str:
    """The address for lists that colleagues read: no login, and of a phone number only its end.

    >>> shown(Channel.SMS, "+492514920")
    '… 920'
    """
    if channel is Channel.SMS:
        return f"… {address[-3:]}"
    if channel in {Channel.WEBHOOK, Channel.MQTT}:
        parts = urlsplit(address)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    return address
