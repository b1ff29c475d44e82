# SPDX-License-Identifier: EUPL-1.2
"""The order that people expect: Äpfel before Birnen, Łódź after Lublin.

PostgreSQL as packaged has no ICU; the engine of the lake has, so the key is made there once, when a label is
saved, and compared byte by byte in SQL.
"""

from __future__ import annotations

import threading

_own = threading.local()


def sort_key(text: str, language: str) -> bytes:
    """The ICU collation key of a text; bytes compare as people of that language sort (at most 64 bytes)."""
    import duckdb

    if not hasattr(_own, "connection"):
        _own.connection = duckdb.connect(config={"threads": 1, "autoinstall_known_extensions": "false"})
    found = _own.connection.execute(
        "select icu_sort_key(?, ?)", [text[:200], language.split("-", maxsplit=1)[0]]
    ).fetchone()
    return bytes.fromhex(str(found[0]))[:64] if found and found[0] else b""
