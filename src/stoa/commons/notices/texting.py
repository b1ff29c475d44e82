# SPDX-License-Identifier: EUPL-1.2
"""What fits into a text message: the letters of GSM 03.38 and how many of them. Pure.

A text in these letters holds 160, one with any other letter 70 (3GPP TS 23.038, 6.2.1 and 6.2.3). Longer ones are sent
as several numbered messages, parted between words: not every gateway can tie parts together.
"""

from __future__ import annotations

import unicodedata

PLAIN = 160
OTHER = 70
MOST_PARTS = 6
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_DOUBLE = frozenset("^{}\\[~]|€\f")
_NEAREST = {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "−": "-", "…": "...",
            "·": ".", "°": " deg ", "²": "2", "³": "3", "µ": "u", "μ": "u", "\u00a0": " ", "\u202f": " ", "\t": " "}  # fmt: skip


def length(text: str) -> int | None:
    """How many places a text takes in the letters of GSM; None: it has a letter that they lack.

    >>> length("3 €"), length("Łódź")
    (4, None)
    """
    if any(letter not in _BASIC and letter not in _DOUBLE for letter in text):
        return None
    return len(text) + sum(letter in _DOUBLE for letter in text)


def simplified(text: str) -> str:
    """The text with typographic marks and accents that GSM lacks replaced by their nearest; scripts stay as they are.

    >>> simplified("„Łódź“ – 3,2 µg/m³")
    '"Łodz" - 3,2 ug/m3'
    """
    return "".join(map(_nearest, text)).replace("  ", " ")


def _nearest(letter: str) -> str:
    if letter in _BASIC or letter in _DOUBLE:
        return letter
    if letter in _NEAREST:
        return _NEAREST[letter]
    bare = unicodedata.normalize("NFD", letter)[0]
    return bare if bare in _BASIC else letter


def room(text: str) -> int:
    """How many places one message has in the letters of this text."""
    return OTHER if length(text) is None else PLAIN


def _size(text: str, most: int) -> int:
    """UTF-16 units outside GSM: an emoji takes two."""
    return (length(text) or 0) if most == PLAIN else len(text.encode("utf-16-le")) // 2


def fitted(words: str, end: str) -> str:
    """`words` and `end` (an address) as one message, the words cut where they do not fit; `end` is never cut."""
    words, end = simplified(words), simplified(end)
    whole = f"{words} {end}".strip()
    most = room(whole)
    if _size(whole, most) <= most:
        return whole
    left = most - _size(f"... {end}", most)
    if left < 20:
        return whole
    cut = words
    while _size(cut, most) > left:
        cut = cut[:-1]
    return f"{cut.rstrip()}... {end}".strip()


def parts(text: str) -> list[str]:
    """The messages that a text is sent as: one where it fits, else numbered ones; what is beyond six is cut off."""
    most = room(text)
    if _size(text, most) <= most:
        return [text]
    each, pieces = most - len("1/6 "), [""]
    for word in text.split():
        for piece in _broken(word, each, most):
            longer = f"{pieces[-1]} {piece}".strip()
            if _size(longer, most) <= each:
                pieces[-1] = longer
            else:
                pieces.append(piece)
    kept = pieces[:MOST_PARTS]
    return [f"{n}/{len(kept)} {piece}" for n, piece in enumerate(kept, start=1)]


def _broken(word: str, each: int, most: int) -> list[str]:
    """A word that fills more than a message, in pieces."""
    pieces = [""]
    for letter in word:
        if _size(pieces[-1] + letter, most) > each:
            pieces.append("")
        pieces[-1] += letter
    return pieces
