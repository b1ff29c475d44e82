# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser

import pytest
from django.test import Client
from tests.houses.catalogue.cast import Cast, make_cast

SignIn = Callable[[str], Client]


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def sign_in(cast: Cast) -> SignIn:
    """A browser of one of the five persons; `dora` has no account."""

    def opened(name: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        if name != "dora":
            client.force_login(getattr(cast, name))
        return client

    return opened


def words(response: object) -> str:
    """What stands on a page, without tags, blanks folded."""
    text = response.content.decode()  # type: ignore[attr-defined]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


class FormReader(HTMLParser):
    """Collects what a browser would send of one form."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.form, self.inside, self.select, self.area = form, False, "", ""
        self.data: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = self.form in told.get("action", "") or told.get("id") == self.form
        take = getattr(self, f"take_{tag}", None)
        if self.inside and take:
            take(told)

    def take_input(self, told: dict[str, str]) -> None:
        if not told.get("name") or told.get("type") in {"file", "submit"}:
            return
        if told.get("type") not in {"checkbox", "radio"} or "checked" in told:
            self.data[told["name"]] = told.get("value", "on" if told.get("type") == "checkbox" else "")

    def take_select(self, told: dict[str, str]) -> None:
        self.select = told["name"]

    def take_option(self, told: dict[str, str]) -> None:
        if self.select and ("selected" in told or self.select not in self.data):
            self.data[self.select] = told.get("value", "")

    def take_textarea(self, told: dict[str, str]) -> None:
        self.area = told["name"]
        self.data[self.area] = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.data[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.area:
            self.data[self.area] = self.data[self.area].removeprefix("\n")
        if tag in {"textarea", "select", "form"}:
            self.area = self.select = ""
        self.inside = self.inside and tag != "form"


def filled(response: object, form: str) -> dict[str, str]:
    """What a browser would send of the form whose action holds this text, or whose id it is, unchanged."""
    reader = FormReader(form)
    reader.feed(response.content.decode())  # type: ignore[attr-defined]
    return reader.data
