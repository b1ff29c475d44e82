# SPDX-License-Identifier: EUPL-1.2
"""A person who reads German meets no English sentence of ours."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client
from tests.houses.catalogue.cast import Cast, make_cast, published
from tests.words.conftest import load_collector

words = load_collector()
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("german")]
GAPS = re.compile(r"%\(\w+\)[sd]|%%")


@pytest.fixture
def cast(settings: Any, tmp_path: Any) -> Cast:
    for name in ("LAKE", "CACHE", "FILES", "WORK"):
        setattr(settings, f"STOA_{name}", tmp_path / name.lower())
    return make_cast()


def _english() -> list[str]:
    """Sentences that German says otherwise: long enough not to be a name, cut where a fact stands."""
    found = set()
    for message in words.catalogue("de"):
        forms = message.id if isinstance(message.id, (tuple, list)) else [message.id]
        for form in forms:
            for piece in GAPS.split(form):
                if len(piece.split()) >= 4 and piece not in str(message.string):
                    found.add(" ".join(piece.split()))
    return sorted(found)


def _readable(page: str) -> str:
    """What eyes and ears get: the text and the labels, without scripts."""
    page = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    labels = " ".join(re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', page))
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page) + " " + labels).split())


def _left_in_english(page: str) -> list[str]:
    readable = _readable(page)
    return [sentence for sentence in _english() if sentence in readable]


def test_the_check_sees_an_english_sentence() -> None:
    assert _left_in_english("<p title='x'>Try another word, a shorter one, or take a filter off.</p>")


PUBLIC = ("/", "/datasets", "/departments", "/departments/parks", "/no-such-page", "/account/login/")
DESK = ("/desk/", "/desk/new")


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_is_german_for_who_reads_german(cast: Cast, path: str) -> None:
    asked = path if path.startswith("/account") else f"/c/{cast.city.slug}{path}"
    answer = Client(headers={"accept-language": "de"}).get(asked)
    page = answer.content.decode()
    assert '<html lang="de"' in page
    assert not _left_in_english(page)


def test_every_part_of_a_dataset_is_german_for_who_reads_german(cast: Cast) -> None:
    """The reasons of readers and judges were stored as English keys with facts."""
    dataset = published(cast)
    client = Client(headers={"accept-language": "de"})
    parts = (
        "",
        "/table",
        "/map",
        "/chart",
        "/quality",
        "/versions",
        "/downloads",
        "/api",
        "/rows/1",
        "/rows/1/report",
    )
    for part in parts:
        answer = client.get(f"/c/{cast.city.slug}/datasets/{dataset.slug}{part}")
        assert answer.status_code == 200, part
        # The note of this dataset was written in English by the people of the story.
        assert not _left_in_english(answer.content.decode()), part


@pytest.mark.parametrize("path", DESK)
def test_the_desk_is_german_for_who_reads_german(cast: Cast, path: str) -> None:
    client = Client(headers={"accept-language": "de"})
    client.force_login(cast.ada, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(f"/c/{cast.city.slug}{path}")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert '<html lang="de"' in page
    assert not _left_in_english(page)


def test_the_parts_of_sign_in_that_are_not_ours_are_german_too(cast: Cast) -> None:
    answer = Client(headers={"accept-language": "de"}).post("/account/login/", {"login": "", "password": ""})
    assert "Dieses Feld ist zwingend erforderlich." in answer.content.decode()
