# SPDX-License-Identifier: EUPL-1.2
"""What the doctor says of mail."""

from __future__ import annotations

import pytest

from stoa.site.doctor import mail

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
