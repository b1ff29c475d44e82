# SPDX-License-Identifier: EUPL-1.2
"""The reader of error codes: what it finds, and that it never passes over one in silence."""

from __future__ import annotations

from pathlib import Path

import pytest
from problem_codes import Found, Unknown, problem_codes


def found_in(folder: Path, **modules: str) -> list[Found]:
    """The codes of a small source with these modules."""
    source = folder / "stoa"
    source.mkdir()
    for name, text in modules.items():
        (source / f"{name}.py").write_text(text, encoding="utf-8")
    return problem_codes(source)


def test_a_code_with_its_sentences_is_found(tmp_path: Path) -> None:
    text = 'raise Refused(Problem("a.b", say("What."), do=say("Do.")))'
    assert found_in(tmp_path, one=text) == [Found("a.b", "stoa.one", ("What.",), (), ("Do.",))]


def test_a_factory_is_followed_to_its_callers(tmp_path: Path) -> None:
    factory = 'def refused(code, what):\n    return Problem(f"a.{code}", what=what)\n'
    caller = 'from stoa.one import refused\ndef empty():\n    raise refused("empty", say("It is empty."))\n'
    assert found_in(tmp_path, one=factory, two=caller) == [Found("a.empty", "stoa.two", ("It is empty.",))]


def test_a_factory_of_a_factory_is_followed(tmp_path: Path) -> None:
    text = (
        'def inner(code, what):\n    return Problem(f"a.{code}", what)\n'
        'def outer(state):\n    return inner(state, say("Outer."))\n'
        'def use():\n    raise outer("x")\n'
    )
    assert found_in(tmp_path, one=text) == [Found("a.x", "stoa.one", ("Outer.",))]


def test_a_choice_of_two_codes_gives_both(tmp_path: Path) -> None:
    text = 'def f(bad):\n    code = "a.x" if bad else "a.y"\n    return Problem(code, say("T."))\n'
    assert [one.code for one in found_in(tmp_path, one=text)] == ["a.x", "a.y"]


def test_sentences_in_a_table_of_words_are_found(tmp_path: Path) -> None:
    text = (
        'WORDS = {"x": (say("X is wrong."), say("Mend X.")), "y": (say("Y."), say("Z."))}\n'
        'def refused(state):\n    what, do = WORDS[state]\n    return Problem(f"a.{state}", what, do=do)\n'
        'def use():\n    raise refused("x")\n'
    )
    assert found_in(tmp_path, one=text) == [Found("a.x", "stoa.one", ("X is wrong.",), (), ("Mend X.",))]


def test_another_function_of_the_same_name_elsewhere_is_not_taken_for_the_factory(tmp_path: Path) -> None:
    factory = (
        'def add(code, what):\n    return Problem(f"a.{code}", what)\ndef use():\n    add("x", say("T."))\n'
    )
    other = 'seen = set()\nseen.add("never")\n'
    assert [one.code for one in found_in(tmp_path, one=factory, two=other)] == ["a.x"]


def test_a_code_that_cannot_be_found_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(Unknown):
        found_in(tmp_path, one="def f(thing):\n    return Problem(make(thing), say('T.'))\n")


def test_a_factory_that_nobody_calls_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(Unknown):
        found_in(tmp_path, one="def f(code):\n    return Problem(code, say('T.'))\n")
