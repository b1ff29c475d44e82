# SPDX-License-Identifier: EUPL-1.2
"""What the doctor says of mail."""

from __future__ import annotations

import pytest

from stoa.site.doctor import mail, text_messages

NAMES = ("STOA_SMTP_URL", "STOA_SMTP_URL_FILE", "STOA_PUBLIC_URL")


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_without_mail_there_is_nothing_to_say() -> None:
    assert list(mail()) == []


@pytest.mark.parametrize("name", ["STOA_SMTP_URL", "STOA_SMTP_URL_FILE"])
def test_mail_without_an_address_is_warned_of_but_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "smtp://user:hidden@mail.example:587")
    (found,) = mail()
    assert not found.fine
    assert found.optional
    assert "lead nowhere" in found.told
    assert "STOA_PUBLIC_URL" in found.do
    assert "hidden" not in f"{found}"


def test_mail_with_an_address_is_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOA_SMTP_URL", "smtp://mail.example")
    monkeypatch.setenv("STOA_PUBLIC_URL", "https://data.here.example")
    (found,) = mail()
    assert found.fine
    assert "https://data.here.example" in found.told


def test_without_a_gateway_there_is_nothing_to_say_of_text_messages() -> None:
    assert list(text_messages()) == []


@pytest.mark.parametrize(
    ("body", "fine", "told"),
    [
        ("", True, "text messages go to gateway.example"),
        ("to={to}", False, "STOA_SMS_BODY lacks {text}"),
    ],
)
def test_the_settings_of_a_gateway_must_make_sense(
    monkeypatch: pytest.MonkeyPatch, body: str, fine: bool, told: str
) -> None:
    monkeypatch.setenv("STOA_SMS_URL", "https://user:hidden@gateway.example/send")
    monkeypatch.setenv("STOA_SMS_BODY", body)
    (found,) = text_messages()
    assert (found.fine, found.told) == (fine, told)
    assert "hidden" not in f"{found}"


def test_a_key_file_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOA_SMS_URL", "https://gateway.example/send")
    monkeypatch.setenv("STOA_SMS_KEY_FILE", "/nowhere/key")
    (found,) = text_messages()
    assert not found.fine
    assert "/nowhere/key" in found.told
