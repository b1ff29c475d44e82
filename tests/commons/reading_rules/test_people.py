# SPDX-License-Identifier: EUPL-1.2
"""Personal data in columns."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban

from stoa.commons.reading.report import PersonalKind
from stoa.commons.reading.rules.people import TextValues, find_people
from stoa.commons.reading.rules.people_numbers import number_kinds
from stoa.ground.tables import Kind


def kinds(heading: str, *cells: str, kind: Kind = Kind.TEXT, beside: str = ""):
    columns = [TextValues("c", heading, kind, tuple((cell, 1) for cell in cells), len(cells))]
    if beside:
        columns.append(TextValues("d", beside, Kind.DATE, (("2001-02-03", 1),), 1))
    return {finding.kind: finding for finding in find_people(tuple(columns), len(cells)).get("c", ())}


def test_an_iban_with_right_check_digits_is_certain():
    assert kinds("Konto", "DE89 3704 0044 0532 0130 00")[PersonalKind.IBAN].certain


def test_an_iban_with_wrong_check_digits_is_none():
    assert not kinds("Konto", "DE88 3704 0044 0532 0130 00")


@given(st.text("0123456789", min_size=18, max_size=18), st.text("0123456789", min_size=2, max_size=2))
def test_iban_agrees_with_the_reference(account, check):
    text = f"DE{check}{account}"
    assert any(found.name == "IBAN" for found in number_kinds(text)) == iban.is_valid(text)


@given(st.text("0123456789", min_size=15, max_size=15))
def test_card_numbers_agree_with_a_slow_luhn(digits):
    def slow(text: str) -> bool:
        total = 0
        for place, digit in enumerate(reversed(text)):
            value = int(digit) * (2 if place % 2 else 1)
            total += value - 9 if value > 9 else value
        return total % 10 == 0

    text = "4" + digits
    assert any(found.kind is PersonalKind.CARD_NUMBER for found in number_kinds(text)) == slow(text)


def test_personal_and_office_mail_are_told_apart():
    assert kinds("mail", "anna.muster@example.org")[PersonalKind.EMAIL].certain
    assert not kinds("mail", "info@example.org")[PersonalKind.EMAIL].certain


@pytest.mark.parametrize("number", ["0251/4921234", "+49 251 4921234", "01617492570"])
def test_telephone_numbers_are_found_by_heading_and_form(number):
    assert PersonalKind.PHONE in kinds("Telefon", number)


def test_postcodes_and_ids_are_no_telephone_numbers():
    assert not kinds("PLZ", "48143", "01067")
    assert not kinds("Vorgang", "0012345678", "0012345679")


def test_names_count_as_certain_beside_a_date_of_birth():
    assert kinds("Name", "Anna Müller", "José García", beside="Geburtsdatum")[PersonalKind.NAME].certain
    assert not kinds("Name", "Spielplatz Nord", "Kita Süd")


def test_a_date_of_birth_is_found_by_its_heading():
    assert PersonalKind.BIRTH_DATE in kinds("date of birth", "2001-02-03", kind=Kind.DATE)


def test_number_plates_and_network_addresses_are_found():
    assert PersonalKind.NUMBER_PLATE in kinds("Kennzeichen", "MS-AB 123")
    assert PersonalKind.IP_ADDRESS in kinds("Besucher", "192.0.2.7")


@pytest.mark.parametrize(
    ("name", "valid"),
    [
        ("German tax id", "86095742719"),
        ("Spanish NIF", "12345678Z"),
        ("Polish PESEL", "44051401359"),
        ("Dutch BSN", "111222333"),
        ("French NIR", "295109912611193"),
        ("UK National Insurance number", "AB 12 34 56 C"),
    ],
)
def test_national_numbers_are_known(name, valid):
    assert name in [found.name for found in number_kinds(valid)]


def test_running_numbers_are_not_taken_for_numbers_of_persons():
    ids = [str(100_000_000 + n) for n in range(300)]
    assert not kinds("id", *ids, kind=Kind.INTEGER)
    chance = random.Random(5)
    assert not kinds("uprn", *[str(chance.randrange(10**11, 10**12)) for _ in range(300)], kind=Kind.INTEGER)
