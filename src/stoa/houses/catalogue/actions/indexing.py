# SPDX-License-Identifier: EUPL-1.2
"""What the search knows of a dataset: kept with it, in the words of every language of the city."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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
    index_datasets([dataset])


def index_datasets(datasets: Sequence[Dataset]) -> None:
    """Bring the words of many datasets of one city up to date, in one statement."""
    if not datasets:
        return
    languages = list(datasets[0].city.languages) or ["en"]
    names = [f"{weight}{n}" for n in range(len(languages)) for weight in "abcd"]
    parts = [
        f"setweight(to_tsvector('{configuration(language)}', v.{weight}{n}), '{weight.upper()}')"
        for n, language in enumerate(languages)
        for weight in "abcd"
    ]
    rows = [_words(dataset, languages) for dataset in datasets]
    columns = [list(column) for column in zip(*rows, strict=True)]
    arrays = ", ".join(["%s::bigint[]", *["%s::text[]"] * len(names), "%s::text[]", "%s::bytea[]"])
    with connection.cursor() as cursor:
        cursor.execute(
            f"update catalogue_dataset d set search = {' || '.join(parts)}, search_text = v.plain, sort_key = v.place"
            f" from unnest({arrays}) as v(id, {', '.join(names)}, plain, place) where d.id = v.id",
            columns,
        )


def _words(dataset: Dataset, languages: list[str]) -> tuple[Any, ...]:
    texts = [text for language in languages for text in _texts(dataset, language)]
    plain_words = plain(" ".join([*_all(dataset.title), *dataset.keywords]))
    return dataset.pk, *texts, plain_words, sort_key(pick(dataset.title, languages), languages[0])


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
