# SPDX-License-Identifier: EUPL-1.2
"""What a caller says of a package, checked field by field; what is not said is not there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from stoa.standards.ckan import asked
from stoa.standards.ckan.identifiers import licence_code
from stoa.standards.ckan.problems import Invalid
from stoa.standards.vocabularies import FREQUENCIES

MOST_NAME = 80
_NAME = re.compile(r"[a-z0-9_-]+", re.ASCII)
_MAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
_LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
Messages = dict[str, list[str]]


class Teller:
    """Gathers what was said and everything that is wrong with it."""

    def __init__(self, given: Mapping[str, Any], language: str) -> None:
        self.given = given
        self.language = language
        self.said: dict[str, Any] = {}
        self.wrong: Messages = {}

    def take(self, field: str, read: Callable[[], None]) -> None:
        """Read one field; a fault is kept and told together with the others."""
        try:
            read()
        except Invalid as fault:
            self.wrong.setdefault(field, []).extend(m for found in fault.fields.values() for m in found)

    def fail(self, field: str, message: str) -> None:
        raise Invalid({field: [message]})


def name_of(given: Mapping[str, Any]) -> str:
    """The name of a new package: part of its address."""
    name = asked.needed(given, "name", most=1000)
    wrong = []
    if len(name) < 2:
        wrong.append("Must be at least 2 characters long")
    if len(name) > MOST_NAME:
        wrong.append(f"Name must be a maximum of {MOST_NAME} characters long")
    if not _NAME.fullmatch(name):
        wrong.append("Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_")
    if wrong:
        raise Invalid({"name": wrong})
    return name


def description(given: Mapping[str, Any], language: str, *, is_whole: bool = False) -> dict[str, Any]:
    """What is said of a package, in the catalogue's words: title, description, licence, keywords ...

    With `is_whole` what is left out is emptied, as `package_update` does. Raises `Invalid` with all faults.
    """
    teller = Teller(_emptied(given) if is_whole else given, language)
    for field, read in _READERS.items():
        if field in teller.given:
            teller.take(field, lambda read=read: read(teller))  # type: ignore[misc]
    if teller.wrong:
        raise Invalid(teller.wrong)
    return teller.said


def _emptied(given: Mapping[str, Any]) -> dict[str, Any]:
    empty = {"notes": "", "tags": [], "extras": [], "maintainer_email": ""}
    if "tag_string" in given:
        del empty["tags"]
    return empty | dict(given)


def _title(teller: Teller) -> None:
    text = asked.text(teller.given, "title", most=500).strip()
    if text:
        teller.said["title"] = _labels(teller.given, "title_translated") | {teller.language: text}


def _notes(teller: Teller) -> None:
    text = asked.text(teller.given, "notes", most=100_000).strip()
    labels = _labels(teller.given, "notes_translated")
    teller.said["description"] = labels | ({teller.language: text} if text else {})


def _labels(given: Mapping[str, Any], name: str) -> dict[str, str]:
    """Texts by language, as the extension for translated fields writes them."""
    told = asked.mapping(given, name, most=40)
    return {
        language: text
        for language, text in told.items()
        if _LANGUAGE.fullmatch(language) and isinstance(text, str) and 0 < len(text) <= 100_000
    }


def _licence(teller: Teller) -> None:
    code = licence_code(asked.text(teller.given, "license_id", most=200))
    if code is None:
        teller.fail("license_id", "Unknown licence: choose one of license_list")
    teller.said["licence"] = code


def _contact(teller: Teller) -> None:
    mail = asked.text(teller.given, "maintainer_email", most=254).strip()
    if mail and not _MAIL.fullmatch(mail):
        teller.fail("maintainer_email", "Email address is not valid")
    teller.said["contact"] = mail


def _tags(teller: Teller) -> None:
    words = [asked.needed(one, "name", most=60) for one in asked.entries(teller.given, "tags", most=100)]
    teller.said["keywords"] = list(dict.fromkeys(words))


def _tag_string(teller: Teller) -> None:
    words = asked.text(teller.given, "tag_string", most=5000).split(",")
    teller.said["keywords"] = list(dict.fromkeys(word.strip()[:60] for word in words if word.strip()))


def _private(teller: Teller) -> None:
    teller.said["is_private"] = asked.yes(teller.given, "private")


def _landing_page(teller: Teller) -> None:
    text = asked.text(teller.given, "url", most=2000).strip()
    if text and not _LINK.fullmatch(text):
        teller.fail("url", "Please provide a valid URL")
    teller.said["landing_page"] = text


def _extras(teller: Teller) -> None:
    for one in asked.entries(teller.given, "extras", most=200):
        key = asked.needed(one, "key", most=200)
        value = one.get("value")
        text = value if isinstance(value, str) else json.dumps(value)
        reader = _EXTRAS.get(key)
        if reader:
            reader(teller, text.strip()[:2000])


def _frequency(teller: Teller, text: str) -> None:
    code = text.rstrip("/").rpartition("/")[2].upper()
    if code in FREQUENCIES:
        teller.said["frequency"] = code


def _spatial(teller: Teller, text: str) -> None:
    teller.said["spatial"] = text[:200]


def _source(teller: Teller, text: str) -> None:
    teller.said["source_note"] = text[:500]


def _conforms(teller: Teller, text: str) -> None:
    if _LINK.fullmatch(text):
        teller.said["conforms_to"] = text


def _period(name: str) -> Callable[[Teller, str], None]:
    def read(teller: Teller, text: str) -> None:
        with suppress(ValueError):
            teller.said[name] = date.fromisoformat(text[:10])

    return read


_EXTRAS: dict[str, Callable[[Teller, str], None]] = {
    "frequency": _frequency,
    "spatial_text": _spatial,
    "source": _source,
    "conforms_to": _conforms,
    "temporal_start": _period("period_from"),
    "temporal_end": _period("period_to"),
}
"""Extras that the catalogue has a field for; others are not kept."""
_READERS: dict[str, Callable[[Teller], None]] = {
    "title": _title,
    "notes": _notes,
    "license_id": _licence,
    "maintainer_email": _contact,
    "tags": _tags,
    "tag_string": _tag_string,
    "private": _private,
    "url": _landing_page,
    "extras": _extras,
}
