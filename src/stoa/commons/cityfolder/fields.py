# SPDX-License-Identifier: EUPL-1.2
"""Reads single fields out of a TOML table and remembers all that is wrong, with its line."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from stoa.ground.problems import Problem
from stoa.ground.words import LanguageText, Saying, say

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\-]+)\s*\]\]?")
_KEY = re.compile(r"\s*\"?([A-Za-z0-9_\-]+)\"?\s*[.=]")


@dataclass(slots=True)
class Notes:
    """The text being read, and the problems found in it."""

    text: str
    problems: list[Problem] = field(default_factory=list)

    def line_of(self, table: str, number: int, key: str) -> int:
        """The line of a key in the n-th table of that name (from 0), else of the table; 0 when not found."""
        seen, start = -1, 0
        inside = False
        for line_number, line in enumerate(self.text.splitlines(), start=1):
            header = _HEADER.match(line)
            if header:
                inside = header[2] == table
                seen += inside
                start = line_number if inside and seen == number else start
            elif inside and seen == number and key:
                found = _KEY.match(line)
                if found and found[1] == key:
                    return line_number
        return start

    def add(self, code: str, what: Saying, do: Saying, where: str) -> None:
        why = say("A city is loaded whole or not at all, so that nothing is half described.")
        self.problems.append(Problem(f"cityfolder.{code}", what, why, do, where))


@dataclass(frozen=True, slots=True)
class Fields:
    """One table of the file: takes fields out of it by name, notes what is missing or of the wrong kind."""

    data: Mapping[str, Any]
    notes: Notes
    table: str
    number: int = 0

    def place(self, key: str) -> str:
        slug = self.data.get("slug")
        name = f"{self.table} '{slug}'" if isinstance(slug, str) else f"{self.table} {self.number + 1}"
        line = self.notes.line_of(self.table, self.number, key)
        return f"{name}, {key}" + (f" (line {line})" if line else "")

    def wrong(self, code: str, key: str, what: Saying, do: Saying) -> None:
        """Note a problem with a field; `what` has the gap `where`, filled here."""
        filled = Saying(what.text, {"where": self.place(key), **what.facts})
        self.notes.add(code, filled, do, f"{self.table}[{self.number}].{key}")

    def known(self, names: Collection[str]) -> None:
        """Note every field that the format does not have: mostly a slip of the pen."""
        for key in self.data:
            if key not in names:
                self.wrong(
                    "field_unknown",
                    key,
                    say("%(where)s: there is no such field."),
                    say("Use one of: %(names)s.", names=", ".join(sorted(names))),
                )

    def text(self, key: str, *, required: bool = False, default: str = "") -> str:
        value = self.data.get(key)
        if value is None:
            if required:
                self.wrong("field_missing", key, say("%(where)s: the field is missing."), say("Add it."))
            return default
        if not isinstance(value, str) or len(value) > 10_000 or (required and not value.strip()):
            self.wrong(
                "field_not_text",
                key,
                say("%(where)s: a text is expected."),
                say('Write it in quotes: "like this".'),
            )
            return default
        return value.strip()

    def slug(self, key: str = "slug") -> str:
        value = self.text(key, required=True)
        if value and not (SLUG.fullmatch(value) and len(value) <= 80):
            self.wrong(
                "slug_malformed",
                key,
                say("%(where)s: '%(value)s' cannot stand in an address.", value=value[:80]),
                say("Use small letters, digits and hyphens, e.g. glass-containers."),
            )
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            self.wrong(
                "field_not_boolean",
                key,
                say("%(where)s: true or false is expected."),
                say("Write it without quotes."),
            )
            return default
        return value

    def one_of(self, key: str, allowed: Collection[str], *, default: str | None = None) -> str:
        value = self.text(key, required=default is None, default=default or "")
        if value and value not in allowed:
            self.wrong(
                "value_unknown",
                key,
                say("%(where)s: '%(value)s' is not a value of this list.", value=value[:80]),
                say("Use one of: %(names)s.", names=", ".join(allowed)),
            )
        return value

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        value = self.data.get(key)
        if value is None and not required:
            return ()
        if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value) or not value:
            self.wrong(
                "field_not_list",
                key,
                say("%(where)s: a list of texts is expected."),
                say('Write ["a", "b"].'),
            )
            return ()
        return tuple(value)

    def label(self, key: str, languages: tuple[str, ...], *, required: bool = False) -> LanguageText:
        """A text, or a table with one text per language; a plain text is in the first language."""
        value = self.data.get(key)
        if (
            isinstance(value, dict)
            and value
            and all(isinstance(v, str) and v.strip() for v in value.values())
        ):
            unknown = [tag for tag in value if tag not in languages]
            if unknown:
                self.wrong(
                    "language_unknown",
                    key,
                    say("%(where)s: the language '%(tag)s' is not one of the city's.", tag=unknown[0][:20]),
                    say("Add it to languages under [city], or take the text out."),
                )
            return {tag: text.strip() for tag, text in value.items()}
        text = self.text(key, required=required)
        return {languages[0]: text} if text and languages else {}

    def day(self, key: str) -> date | None:
        value = self.data.get(key)
        if value is None:
            return None
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        self.wrong(
            "field_not_date",
            key,
            say("%(where)s: a date is expected."),
            say("Write it without quotes: 2026-03-01."),
        )
        return None

    def section(self, key: str) -> Mapping[str, Any]:
        value = self.data.get(key, {})
        if not isinstance(value, dict):
            self.wrong(
                "field_not_table", key, say("%(where)s: a table is expected."), say("Write { name = value }.")
            )
            return {}
        return value
