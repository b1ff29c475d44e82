# SPDX-License-Identifier: EUPL-1.2
"""What a rule said is read in the reader's language, also after it was stored."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from stoa.commons.words.fields import in_words, problem_in_words
from stoa.ground.problems import Problem
from stoa.ground.words import Saying, say
from stoa.houses.catalogue.roles import DESCRIPTIONS
from stoa.web import notation

pytestmark = pytest.mark.usefixtures("german")
FACTS = st.none() | st.booleans() | st.integers() | st.text()


def test_a_stored_sentence_is_read_in_german() -> None:
    stored = json.dumps(say("The table has %(found)s columns.", found=3).to_json())
    assert in_words(Saying.from_json(json.loads(stored))) == "Die Tabelle hat 3 Spalten."


def test_a_stored_problem_is_read_in_german() -> None:
    problem = Problem("reading.file_empty", say("The file is empty."), do=say("Mend it."))
    shown = problem_in_words(Problem.from_json(json.loads(json.dumps(problem.to_json()))))
    assert (shown["what"], shown["why"], shown["do"]) == ("Die Datei ist leer.", "", "Bitte berichtigen.")


def test_words_among_the_facts_are_translated_and_names_of_columns_are_not() -> None:
    found = say("The file is %(kind)s.", kind=Saying("a PDF document"))
    assert (
        in_words(Saying.from_json(json.loads(json.dumps(found.to_json()))))
        == "Die Datei ist ein PDF-Dokument."
    )
    assert in_words(say("The column “%(old)s” is missing.", old="Source")) == "Die Spalte „Source“ fehlt."


def test_the_right_that_is_missing_is_named_in_german() -> None:
    right = next(iter(DESCRIPTIONS.values()))
    said = in_words(say("It needs the right: %(right)s.", right=Saying(right)))
    assert said == "Dafür ist das Recht nötig: Eine Datei als neuen Datensatz eines Amtes einbringen."


@given(st.text(), st.dictionaries(st.text(min_size=1), FACTS))
def test_a_saying_survives_being_stored_with_sayings_among_its_facts(
    text: str, facts: dict[str, object]
) -> None:
    saying = Saying(text, {**facts, "inner": Saying(text, facts)})  # type: ignore[arg-type]
    assert Saying.from_json(json.loads(json.dumps(saying.to_json()))) == saying


def test_figures_and_spans_bend_as_german_wants() -> None:
    now = timezone.now()

    def ago(**span: float) -> str:
        return notation.ago(now - timedelta(**span)).replace("\N{NO-BREAK SPACE}", " ")

    assert ago(days=3, hours=1) == "vor 3 Tagen"
    assert ago(days=1, hours=1) == "vor 1 Tag"
    assert ago(days=70) == "vor 2 Monaten"
    assert ago(hours=-5, minutes=-1) == "in 5 Stunden"
    assert notation.ago((timezone.localtime(now) - timedelta(days=4)).date()) == "vor 4 Tagen"
    assert notation.number(12345) == "12.345"
    assert notation.in_words(say("%(n)s rows repeat another row word for word.", n=12345)).startswith(
        "12.345 Z"
    )
