# SPDX-License-Identifier: EUPL-1.2
"""What the search knows of a dataset: kept with it, in the words of every language of the city."""

from __future__ import annotations

from django.db import connection
from django.utils import translation
from django.utils.translation import gettext

from stoa.commons.words.sorting import sort_key
from stoa.ground.ids import plain
from stoa.ground.words import LanguageText, pick
from stoa.houses.catalogue.models import Dataset, Version
from stoa.houses.catalogue.rules.search import configuration
from stoa.standards.vocabularies import THEMES


def index_dataset(dataset: Dataset) -> None:
    """Bring the words of one dataset up to date (called by every action that changes them)."""
    languages = list(dataset.city.languages) or ["en"]
    parts: list[str] = []
    values: list[str] = []
    for language in languages:
        for weight, text in zip("ABCD", _texts(dataset, language), strict=True):
            parts.append("setweight(to_tsvector(%s::regconfig, %s), %s)")
            values += [configuration(language), text, weight]
    plain_words = plain(" ".join([*_all(dataset.title), *dataset.keywords]))
    key = sort_key(pick(dataset.title, languages), languages[0])
    with connection.cursor() as cursor:
        cursor.execute(
            f"update catalogue_dataset set search = {' || '.join(parts)}, search_text = %s, sort_key = %s where id = %s",
            [*values, plain_words, key, dataset.pk],
        )


def _texts(dataset: Dataset, language: str) -> tuple[str, str, str, str]:
    """What weighs most to least: title; keywords and department; theme and description; columns."""
    with translation.override(language):
        theme = gettext(THEMES[dataset.theme].label)
    names = f"{' '.join(dataset.keywords)} {pick(dataset.department.name, [language])} {dataset.spatial}"
    description = f"{theme} {pick(dataset.description, [language])}"[:20_000]
    return pick(dataset.title, [language]), names, description, _columns(dataset.current)[:5_000]


def _columns(version: Version | None) -> str:
    return " ".join(f"{c.label} {c.description}" for c in version.specs) if version else ""


def _all(label: LanguageText) -> list[str]:
    return [text for text in label.values() if text]
