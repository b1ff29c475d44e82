# SPDX-License-Identifier: EUPL-1.2
"""Sentences that are written once and read in many languages.

A rule that decides something also says why. It cannot know the reader's language, so it returns a `Saying`:
the English sentence (which is the gettext key) and the facts that fill it. The page translates the sentence
and then fills in the facts; a program gets both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


def N_(text: str) -> str:  # noqa: N802 - the usual name of gettext's marker
    """Mark a sentence for translation and return it as it is."""
    return text


@dataclass(frozen=True, slots=True)
class Saying:
    """One sentence with named gaps, e.g. `Saying("%(n)s rows are empty", {"n": 3})`.

    A fact that is words of ours (a kind, a state, a reason) is itself a `Saying`, so that it is translated too.
    """

    text: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def in_words(self, translate: Callable[[str], str] = lambda text: text) -> str:
        """The finished sentence; `translate` maps the English key to the reader's language."""
        if not self.facts:
            return translate(self.text)
        facts = {n: f.in_words(translate) if isinstance(f, Saying) else f for n, f in self.facts.items()}
        return translate(self.text) % facts

    def __str__(self) -> str:
        return self.in_words()

    def to_json(self) -> dict[str, Any]:
        facts = {n: f.to_json() if isinstance(f, Saying) else f for n, f in self.facts.items()}
        return {"text": self.text, "facts": facts}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Saying:
        facts = dict(data.get("facts") or {})
        return cls(
            str(data["text"]),
            {n: cls.from_json(f) if isinstance(f, Mapping) else f for n, f in facts.items()},
        )


Fact = str | int | float | bool | Saying | None


def say(text: str, /, **facts: Fact) -> Saying:
    """Build a `Saying`; the first argument is collected for translation by its place in this call."""
    return Saying(text, facts)


LanguageText = Mapping[str, str]
"""A label per language: `{"de": "Bäume", "en": "Trees"}` (BCP 47 tags)."""


def pick(label: LanguageText | str | None, languages: list[str] | tuple[str, ...]) -> str:
    """The label in the first language that has one; else in any language; else the empty string.

    >>> pick({"de": "Bäume", "en": "Trees"}, ["en-GB", "de"])
    'Trees'
    """
    if isinstance(label, str):
        return label
    if not label:
        return ""
    for language in languages:
        for tag in (language, language.split("-")[0]):
            if label.get(tag):
                return label[tag]
    return next((text for text in label.values() if text), "")
