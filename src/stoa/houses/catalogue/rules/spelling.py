# SPDX-License-Identifier: EUPL-1.2
"""Misspelt words: which word of the catalogue somebody meant. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stoa.ground.ids import plain

MOST_WORDS = 60_000
"""Of a larger catalogue the rarest words are not offered."""
CLOSEST = 64
"""So many words with the most letter triples in common are looked at closely."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """The words of a catalogue, and how often each stands in it."""

    words: Sequence[str]
    """As they are mostly written."""
    plain_words: Sequence[str]
    counts: Sequence[int]
    _sizes: npt.NDArray[np.int32]
    """How many letter triples each has."""
    _having: dict[str, npt.NDArray[np.int32]]
    """Which words have a letter triple."""

    @classmethod
    def of(cls, texts: Iterable[str]) -> Spelling:
        written: dict[str, Counter[str]] = {}
        for text in texts:
            for word in re.findall(r"[^\W\d_]{3,}", text):
                if key := plain(word).replace(" ", ""):
                    written.setdefault(key, Counter())[word] += 1
        counts = {key: spellings.total() for key, spellings in written.items()}
        kept = sorted(counts, key=lambda key: (-counts[key], key))[:MOST_WORDS]
        having: dict[str, list[int]] = {}
        for n, key in enumerate(kept):
            for triple in triples(key):
                having.setdefault(triple, []).append(n)
        return cls(
            [written[key].most_common(1)[0][0] for key in kept],
            kept,
            [counts[key] for key in kept],
            np.array([len(triples(key)) for key in kept], dtype=np.int32),
            {triple: np.array(numbers, dtype=np.int32) for triple, numbers in having.items()},
        )

    def nearest(self, word: str) -> str:
        """The word that was probably meant, as it is mostly written; empty if none is near enough."""
        asked = plain(word).replace(" ", "")
        candidates = self._alike(asked) if len(asked) >= 3 and asked.isalpha() else []
        near = [
            (distance, -self.counts[n], self.plain_words[n], n)
            for n in candidates
            if (distance := steps_between(asked, self.plain_words[n])) <= most_steps(asked)
        ]
        return self.words[min(near)[3]] if near else ""

    def _alike(self, asked: str) -> list[int]:
        wanted = triples(asked)
        found = [self._having[triple] for triple in wanted if triple in self._having]
        if not found:
            return []
        shared = np.bincount(np.concatenate(found), minlength=len(self.words))
        share = shared / (self._sizes + len(wanted) - shared)
        places = np.flatnonzero(shared)
        best = places[np.argsort(-share[places], kind="stable")[:CLOSEST]]
        return [int(n) for n in best]

    def corrected(self, words: Sequence[str]) -> list[str]:
        """The words with those exchanged that are probably misspelt; the others stay as they are."""
        return [self.nearest(word) or word for word in words]


def triples(word: str) -> frozenset[str]:
    """Three letters in a row, with the word's beginning and end.

    >>> sorted(triples("oak"))
    ['  o', ' oa', 'ak ', 'oak']
    """
    padded = f"  {word} "
    return frozenset(padded[n : n + 3] for n in range(len(padded) - 2))


def most_steps(word: str) -> int:
    """How many slips of the pen are believed in a word of this length."""
    return 1 if len(word) <= 5 else 2 if len(word) <= 11 else 3


def steps_between(one: str, other: str) -> int:
    """The fewest letters to add, leave out, exchange or swap with their neighbour (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for n, letter in enumerate(one, start=1):
        earlier, before, row = before, row, [n]
        for m, wanted in enumerate(other, start=1):
            steps = min(before[m] + 1, row[m - 1] + 1, before[m - 1] + (letter != wanted))
            if n > 1 and m > 1 and letter == other[m - 2] and one[n - 2] == wanted:
                steps = min(steps, earlier[m - 2] + 1)
            row.append(steps)
    return row[-1]
