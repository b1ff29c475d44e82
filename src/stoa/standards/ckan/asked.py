# SPDX-License-Identifier: EUPL-1.2
"""Typed reading of parameters: from JSON they come typed, from an address as texts (lists as JSON text)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from stoa.standards.ckan.problems import Malformed, invalid

_YES = {"true", "yes", "t", "y", "1"}
_BIGGEST = 2**62


def text(asked: Mapping[str, Any], name: str, default: str = "", *, most: int = 20_000) -> str:
    """A text; numbers are taken as they are written."""
    value = asked.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise invalid(name, "Must be a Unicode string value")
    if isinstance(value, int) and abs(value) > _BIGGEST:
        raise invalid(name, "Invalid value")
    if len(found := str(value)) > most:
        raise invalid(name, f"Length must be at most {most} characters")
    return found


def needed(asked: Mapping[str, Any], name: str, *, most: int = 20_000) -> str:
    """A text that must be there."""
    found = text(asked, name, most=most).strip()
    if not found:
        raise invalid(name, "Missing value")
    return found


def whole(asked: Mapping[str, Any], name: str, default: int, *, least: int = 0, most: int = _BIGGEST) -> int:
    """A whole number; more than `most` becomes `most`, as CKAN caps what it is asked for."""
    value = asked.get(name)
    if value is None or value == "":
        return default
    try:
        if isinstance(value, bool | float) and value != int(value):
            raise ValueError
        number = int(str(value)[:30]) if isinstance(value, str) else int(value)
    except (ValueError, TypeError, OverflowError):
        raise invalid(name, "Invalid integer") from None
    if number < least:
        raise invalid(name, "Must be a natural number" if least == 0 else f"Must be at least {least}")
    return min(number, most)


def yes(asked: Mapping[str, Any], name: str, *, default: bool = False) -> bool:
    """Yes or no, as CKAN's `asbool` reads it."""
    value = asked.get(name)
    if value is None or value == "":
        return default
    if isinstance(value, str):
        return value.strip().lower() in _YES
    return bool(value)


def loaded(asked: Mapping[str, Any], name: str) -> Any:
    """The value itself, or what its JSON text says if it begins like a list or a dictionary."""
    value = asked.get(name)
    if isinstance(value, str) and value.strip()[:1] in {"[", "{"}:
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            raise invalid(name, "Cannot parse JSON") from None
    return value


def listed(asked: Mapping[str, Any], name: str, *, most: int = 200) -> list[str]:
    """A list of texts: a list, its JSON text, or texts parted by commas."""
    value = loaded(asked, name)
    if value is None or value == "":
        return []
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list) or len(parts) > most:
        raise invalid(name, "Not a list" if not isinstance(parts, list) else f"At most {most} entries")
    if any(isinstance(part, bool) or not isinstance(part, str | int | float) for part in parts):
        raise invalid(name, "Not a list of strings")
    return [str(part).strip() for part in parts]


def mapping(asked: Mapping[str, Any], name: str, *, most: int = 200) -> dict[str, Any]:
    """A dictionary, or its JSON text."""
    value = loaded(asked, name)
    if value is None or value == "":
        return {}
    if not isinstance(value, dict) or len(value) > most:
        raise invalid(name, "Must be a dictionary" if not isinstance(value, dict) else f"At most {most} keys")
    return value


def entries(asked: Mapping[str, Any], name: str, *, most: int) -> list[dict[str, Any]]:
    """A list of dictionaries."""
    value = loaded(asked, name)
    if value is None or value == "":
        return []
    if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
        raise invalid(name, "Must be a list of dictionaries")
    if len(value) > most:
        raise invalid(name, f"At most {most} entries")
    return value


def no_more_than(asked: Mapping[str, Any], known: frozenset[str]) -> None:
    """Refuse parameters that mean nothing."""
    unknown = sorted(set(asked) - known)
    if unknown:
        raise Malformed(f"Unknown parameters: {', '.join(unknown)[:200]}")


def listed_texts(asked: Mapping[str, Any], name: str, *, most: int = 20) -> list[str]:
    """A list of texts that may hold commas: a list, its JSON text, or one text."""
    value = loaded(asked, name)
    if value is None or value == "":
        return []
    parts = [value] if isinstance(value, str) else value
    if not isinstance(parts, list) or len(parts) > most or not all(isinstance(part, str) for part in parts):
        raise invalid(name, "Not a list of strings")
    return parts
