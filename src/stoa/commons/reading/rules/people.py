# SPDX-License-Identifier: EUPL-1.2
"""Which columns seem to hold personal data: by checksum, by form, by heading and values together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from stoa.commons.reading.report import PersonalFinding, PersonalKind
from stoa.commons.reading.rules.headings import words
from stoa.commons.reading.rules.people_numbers import NUMBERS, PersonNumber
from stoa.ground.tables import Kind
from stoa.ground.words import say

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_OFFICE = re.compile(
    r"^(info|kontakt|contact|mail|post|office|service|admin|enquir(?:y|ies)|verwaltung|sekretariat|poststelle|presse|press|"
    r"hello|support|team|stadt|rathaus|buergerbuero|webmaster|help|customer\w*|sales|reception|secretar\w+|library|bibliothek|"
    r"schule|school|kita|museum|mairie|accueil|ayuntamiento|informacion|sekretariat|biuro|urzad|jobs|bewerbung|datenschutz)\b|library|school|schule",
    re.IGNORECASE,
)
_PHONE = re.compile(r"^(?:\+|00)\d{1,3}[ ./()\d-]{6,18}$|^\(?0\d{2,5}\)?[ ./-]?\d[ /\d-]{4,12}\d$")
_IPV4 = re.compile(r"^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)$")
_PLATE = re.compile(
    r"^[A-ZÄÖÜ]{1,3}[- ][A-Z]{1,2}[ -]?[1-9]\d{0,3}[EH]?$|^[A-Z]{2}\d\d ?[A-Z]{3}$"
    r"|^[A-Z]{2}-\d{3}-[A-Z]{2}$|^\d{4} ?[BCDFGHJKLMNPRSTVWXYZ]{3}$"
)
_NAME_VALUE = re.compile(
    r"^[A-ZÀ-ÞŁŚŻŹĆ][a-zà-ÿłśżźćńęąß'’-]+"
    r"(?:[ ,-]+(?:(?:van|von|de|der|den|del|la|le|du|zu) )*[A-ZÀ-ÞŁŚŻŹĆ][A-Za-zÀ-ÿłśżźćńęąß.'’-]*){0,3}$"
)
_FIRST_OR_LAST = frozenset(
    [
        "vorname",
        "nachname",
        "familienname",
        "zuname",
        "firstname",
        "lastname",
        "surname",
        "forename",
        "prenom",
        "nom",
        "nombre",
        "apellido",
        "apellidos",
        "imie",
        "nazwisko",
        "rufname",
        "geburtsname",
        "antragsteller",
        "antragstellerin",
        "eigentuemer",
        "eigentuemerin",
        "ansprechpartner",
        "ansprechpartnerin",
        "sachbearbeiter",
        "sachbearbeiterin",
        "applicant",
        "inhaber",
        "inhaberin",
        "halter",
        "mieter",
        "bewohner",
        "patient",
        "kunde",
    ]
)
_NAME_PAIRS = (
    "first name",
    "last name",
    "full name",
    "family name",
    "given name",
    "contact person",
    "nombre y apellidos",
    "imie i nazwisko",
    "contact name",
)
_BIRTH = frozenset(
    [
        "geburtsdatum",
        "geburtstag",
        "geboren",
        "birthdate",
        "dob",
        "naissance",
        "nacimiento",
        "urodzenia",
        "geb",
        "gebdatum",
    ]
)
_BIRTH_PAIRS = ("date of birth", "birth date", "geb datum", "date naissance", "data urodzenia")
_PHONE_WORDS = ("telefon", "phone", "mobil", "handy", "fax", "tel", "telefono", "telephone")
_PLATE_WORDS = frozenset(
    ["kennzeichen", "plate", "registration", "immatriculation", "matricula", "rejestracyjny", "numberplate"]
)
_PRIVATE_WORDS = frozenset(
    ["wohnort", "wohnanschrift", "privatadresse", "wohnadresse", "heimatadresse", "domicile", "domicilio"]
)
ENOUGH = 0.02
"""Share of the filled cells from which a form without checksum counts."""


@dataclass(frozen=True, slots=True)
class TextValues:
    """Values of one column to be judged: (value, rows), and how many cells are filled."""

    column: str
    heading: str
    kind: Kind
    values: tuple[tuple[str, int], ...]
    filled: int


def find_people(columns: tuple[TextValues, ...], rows: int) -> dict[str, tuple[PersonalFinding, ...]]:
    """Findings by column name; columns without any are left out."""
    has_birth = any(_says_birth(column) for column in columns)
    found: dict[str, tuple[PersonalFinding, ...]] = {}
    for column in columns:
        findings = [*_numbers(column), *_forms(column), *_by_heading(column, has_birth=has_birth)]
        unique = {finding.kind: finding for finding in reversed(findings)}
        if unique:
            found[column.column] = tuple(unique.values())
    return found


def _rows(values: Iterable[tuple[str, int]]) -> int:
    return sum(rows for _, rows in values)


def _numbers(column: TextValues) -> list[PersonalFinding]:
    """Numbers with a checksum: enough of those that look like one must pass it."""
    if column.kind in {Kind.NUMBER, Kind.BOOLEAN, Kind.DATE, Kind.DATETIME, Kind.TIME}:
        return []
    found = []
    for number in NUMBERS:
        alike = [(value, rows) for value, rows in column.values if number.shape.match(value)]
        valid = [(value, rows) for value, rows in alike if number.is_valid(value)]
        if valid and _is_no_chance(number, len(valid), len(alike), column):
            found.append(_finding(number, _rows(valid), certain=number.chance <= 0.05))
    return found


def _is_no_chance(number: PersonNumber, valid: int, alike: int, column: TextValues) -> bool:
    """Would so many random texts pass? Short checksums need many hits."""
    if number.kind is PersonalKind.IBAN:
        return True
    if number.chance >= 0.5:
        return alike >= 0.5 * len(column.values)
    if column.kind is Kind.INTEGER and valid < 5:
        return False
    return (valid >= max(1, 0.8 * alike) and number.chance**valid < 1e-4) or (
        valid >= 1 and alike == valid and number.chance <= 0.02 and valid >= 3
    )


def _finding(number: PersonNumber, rows: int, *, certain: bool) -> PersonalFinding:
    if number.chance < 0.5:
        return PersonalFinding(
            number.kind,
            rows,
            say("%(n)s cells are a valid %(name)s; the check digits fit.", n=rows, name=number.name),
            certain,
        )
    return PersonalFinding(
        number.kind, rows, say("%(n)s cells look like a %(name)s.", n=rows, name=number.name), certain=False
    )


def _forms(column: TextValues) -> list[PersonalFinding]:
    """E-mail addresses, telephone numbers, number plates and network addresses."""
    if column.kind is not Kind.TEXT:
        return []
    found = []
    mails = [
        (value, rows, hit[0])
        for value, rows in column.values
        if "@" in value and (hit := _EMAIL.search(value))
    ]
    if mails:
        rows = sum(n for _, n, _ in mails)
        personal = [mail for _, _, mail in mails if not _OFFICE.search(mail.split("@")[0])]
        if personal:
            found.append(
                PersonalFinding(
                    PersonalKind.EMAIL, rows, say("%(n)s cells hold an e-mail address.", n=rows), certain=True
                )
            )
        else:
            found.append(
                PersonalFinding(
                    PersonalKind.EMAIL,
                    rows,
                    say(
                        "%(n)s cells hold an e-mail address, as far as seen of offices only (such as info@).",
                        n=rows,
                    ),
                    certain=False,
                )
            )
    found += _shaped(column, PersonalKind.PHONE, _phones(column))
    plates = [(v, n) for v, n in column.values if _PLATE.match(v)]
    if set(words(column.heading)) & _PLATE_WORDS or _rows(plates) >= 0.8 * column.filled:
        found += _shaped(column, PersonalKind.NUMBER_PLATE, plates)
    found += _shaped(column, PersonalKind.IP_ADDRESS, [(v, n) for v, n in column.values if _IPV4.match(v)])
    return found


def _phones(column: TextValues) -> list[tuple[str, int]]:
    alike = [(v, n) for v, n in column.values if _PHONE.match(v) and 7 <= sum(c.isdigit() for c in v) <= 15]
    named = any(word.startswith(_PHONE_WORDS) or word.endswith("telefon") for word in words(column.heading))
    international = [(v, n) for v, n in alike if v.startswith("+")]
    return alike if named or (_rows(alike) >= 0.8 * column.filled and international) else international


_SHOWN = {
    PersonalKind.PHONE: say("telephone number"),
    PersonalKind.NUMBER_PLATE: say("number plate"),
    PersonalKind.IP_ADDRESS: say("network address"),
}


def _shaped(column: TextValues, kind: PersonalKind, values: list[tuple[str, int]]) -> list[PersonalFinding]:
    rows = _rows(values)
    if not rows or rows < ENOUGH * column.filled:
        return []
    return [
        PersonalFinding(
            kind, rows, say("%(n)s cells look like a %(name)s.", n=rows, name=_SHOWN[kind]), certain=False
        )
    ]


def _says_birth(column: TextValues) -> bool:
    found = words(column.heading)
    joined = " ".join(found)
    return bool(set(found) & _BIRTH) or any(pair in joined for pair in _BIRTH_PAIRS)


def _by_heading(column: TextValues, *, has_birth: bool) -> list[PersonalFinding]:
    """Names and birth dates: the heading must say it, and the values must look like it."""
    if not column.filled:
        return []
    if _says_birth(column) and column.kind in {Kind.DATE, Kind.DATETIME, Kind.INTEGER, Kind.TEXT}:
        return [
            PersonalFinding(
                PersonalKind.BIRTH_DATE,
                column.filled,
                say("The heading “%(heading)s” names a date of birth.", heading=column.heading),
                certain=column.kind is Kind.DATE,
            )
        ]
    if column.kind is not Kind.TEXT:
        return []
    found = words(column.heading)
    if set(found) & _PRIVATE_WORDS:
        return [
            PersonalFinding(
                PersonalKind.HOME_ADDRESS,
                column.filled,
                say("The heading “%(heading)s” names where people live.", heading=column.heading),
                certain=False,
            )
        ]
    named = bool(set(found) & _FIRST_OR_LAST) or any(pair in " ".join(found) for pair in _NAME_PAIRS)
    beside = has_birth and bool(set(found) & {"name", "names", "nom", "nombre", "nazwisko"})
    alike = [(v, n) for v, n in column.values if _NAME_VALUE.match(v)]
    if (named or beside) and _rows(alike) >= 0.5 * _rows(column.values):
        why = (
            say("The heading “%(heading)s” names persons, beside a date of birth.", heading=column.heading)
            if has_birth
            else say(
                "The heading “%(heading)s” names persons, and %(n)s cells look like names.",
                heading=column.heading,
                n=_rows(alike),
            )
        )
        return [PersonalFinding(PersonalKind.NAME, _rows(alike), why, certain=has_birth)]
    return []
