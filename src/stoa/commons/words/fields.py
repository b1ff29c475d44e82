# SPDX-License-Identifier: EUPL-1.2
"""Stored labels: shown in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language, gettext

from stoa.ground.problems import Problem
from stoa.ground.words import LanguageText, Saying, pick


def in_reader_language(label: LanguageText | str | None) -> str:
    """The label in the language of this request, else in any it has."""
    return pick(label, [get_language() or "en", "en"])


def in_words(saying: Saying | None) -> str:
    """The sentence in the language of this request; labels among the facts stay as they are."""
    return saying.in_words(gettext) if saying and saying.text else ""


def problem_in_words(problem: Problem) -> dict[str, Any]:
    """A problem with its three sentences in the reader's language, for pages and JSON answers."""
    return {
        "code": problem.code,
        "field": problem.field,
        "what": in_words(problem.what),
        "why": in_words(problem.why),
        "do": in_words(problem.do),
    }
