# SPDX-License-Identifier: EUPL-1.2
"""Numbers of persons and accounts that carry a checksum, checked with python-stdnum."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from stdnum import iban, luhn
from stdnum.de import idnr, stnr
from stdnum.es import nie, nif
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.it import codicefiscale
from stdnum.nl import bsn
from stdnum.pl import pesel

from stoa.commons.reading.report import PersonalKind

__all__ = ["NUMBERS", "PersonNumber", "number_kinds"]


@dataclass(frozen=True, slots=True)
class PersonNumber:
    """One kind of number, how it looks, and its check."""

    name: str
    kind: PersonalKind
    shape: re.Pattern[str]
    is_valid: Callable[[str], bool]
    chance: float
    """How likely a random text of this shape passes the check."""


def _by(module: ModuleType) -> Callable[[str], bool]:
    return lambda text: bool(module.is_valid(text))


def _is_card(text: str) -> bool:
    digits = re.sub(r"[ -]", "", text)
    return digits[0] in "3456" and bool(luhn.is_valid(digits))


def _number(
    name: str, kind: PersonalKind, shape: str, check: Callable[[str], bool], chance: float
) -> PersonNumber:
    return PersonNumber(name, kind, re.compile(shape), check, chance)


def _nino(text: str) -> bool:
    letters = text.replace(" ", "").upper()
    return (
        letters[0] not in "DFIQUV"
        and letters[1] not in "DFIQUVO"
        and letters[:2] not in {"BG", "GB", "NK", "KN", "TN", "NT", "ZZ"}
    )


_TAX, _SOCIAL = PersonalKind.TAX_NUMBER, PersonalKind.SOCIAL_NUMBER
NUMBERS: tuple[PersonNumber, ...] = (
    _number(
        "IBAN",
        PersonalKind.IBAN,
        r"^[A-Z]{2}\d{2}[ ]?(?:[A-Z0-9]{4}[ ]?){2,7}[A-Z0-9]{1,4}$",
        _by(iban),
        0.01,
    ),
    _number(
        "payment card", PersonalKind.CARD_NUMBER, r"^\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{1,7}$", _is_card, 0.1
    ),
    _number("German tax id", _TAX, r"^[1-9]\d ?\d{3} ?\d{3} ?\d{3}$", _by(idnr), 0.02),
    _number("German tax number", _TAX, r"^\d{2,3}/\d{3,4}/\d{4,5}$", _by(stnr), 0.5),
    _number("Spanish NIF", _TAX, r"^\d{8}-?[A-Z]$", _by(nif), 0.05),
    _number("Spanish NIE", _TAX, r"^[XYZ]-?\d{7}-?[A-Z]$", _by(nie), 0.05),
    _number(
        "Italian codice fiscale", _TAX, r"^[A-Z]{6}\d\d[A-Z]\d\d[A-Z]\d{3}[A-Z]$", _by(codicefiscale), 0.04
    ),
    _number("Dutch BSN", _SOCIAL, r"^\d{4}[. ]?\d{2}[. ]?\d{3}$", _by(bsn), 0.1),
    _number("French NIR", _SOCIAL, r"^[12] ?\d\d ?\d\d ?\d[\dAB] ?\d{3} ?\d{3} ?\d\d$", _by(nir), 0.01),
    _number("Polish PESEL", _SOCIAL, r"^\d{11}$", _by(pesel), 0.01),
    _number("UK National Insurance number", _SOCIAL, r"^[A-Z]{2} ?\d\d ?\d\d ?\d\d ?[A-D]$", _nino, 0.5),
    _number("NHS number", _SOCIAL, r"^\d{3}[ -]\d{3}[ -]\d{4}$", _by(nhs), 0.1),
    _number(
        "German social insurance number",
        _SOCIAL,
        r"^\d{2} ?(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d\d ?[A-Z] ?\d{3}$",
        lambda _: True,
        1.0,
    ),
)


def number_kinds(text: str) -> list[PersonNumber]:
    """Which kinds of number a cell is by shape and checksum.

    >>> [found.name for found in number_kinds("DE89 3704 0044 0532 0130 00")]
    ['IBAN']
    """
    return [number for number in NUMBERS if number.shape.match(text) and number.is_valid(text)]
