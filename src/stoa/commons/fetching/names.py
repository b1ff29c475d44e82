# SPDX-License-Identifier: EUPL-1.2
"""What a fetched file is called: as the server's header says, else as the address ends; always harmless."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote, urlsplit

MOST_BYTES = 200
"""Of the name in UTF-8; file systems take 255, and others may want to add something."""
_DEVICES = re.compile(r"(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)")
_PARAMETER = re.compile(r';\s*(filename\*?)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)', re.IGNORECASE)


def safe_name(raw: str, *, otherwise: str = "download") -> str:
    """The last part of a path as a name that is harmless in any file system; `otherwise` if nothing is left.

    >>> safe_name("../../etc/passwd")
    'passwd'
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", raw))[-1]
    kept = "".join(" " if _is_unfit(letter) else letter for letter in last)
    name = " ".join(kept.split()).strip(". ")
    if len(name.encode()) > MOST_BYTES:
        stem, dot, ending = name.rpartition(".")
        has_ending = bool(dot) and len(ending) <= 10 and ending.isascii()
        name = f"{_cut(stem, MOST_BYTES - 11)}.{ending}" if has_ending else _cut(name, MOST_BYTES)
    return f"_{name}" if _DEVICES.match(name) else name or otherwise


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore").strip(". ")


def _is_unfit(letter: str) -> bool:
    return letter in '<>:"|?*' or unicodedata.category(letter)[0] == "C"


def name_of(url: str, disposition: str = "") -> str:
    """The name from `Content-Disposition` (RFC 6266), else from the path of the address."""
    told = _told(disposition)
    return safe_name(told or unquote(urlsplit(url).path), otherwise="download")


def _told(disposition: str) -> str:
    found = {key.lower(): value.strip() for key, value in _PARAMETER.findall(";" + disposition[:2000])}
    extended = found.get("filename*", "").strip('"')
    charset, mark, rest = extended.partition("'")
    if mark and charset.lower() in {"utf-8", "iso-8859-1"}:
        return unquote(rest.partition("'")[2], encoding=charset, errors="replace")
    plain = found.get("filename", "")
    if plain.startswith('"'):
        plain = re.sub(r"\\(.)", r"\1", plain[1:-1])
    return _as_meant(plain)


def _as_meant(text: str) -> str:
    """Header bytes arrive as Latin-1; most servers that send more than ASCII mean UTF-8."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
