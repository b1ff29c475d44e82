# SPDX-License-Identifier: EUPL-1.2
"""Reading code: the interpreter's own miscount is met once, anything else is told."""

from __future__ import annotations

import ast

import pytest
from tests.syntax import MISCOUNTED, tree_of


def refusing(times: int, error: Exception, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    real, asked = ast.parse, []

    def parse(text: str, filename: str = "") -> ast.Module:
        asked.append(text)
        if len(asked) <= times:
            raise error
        return real(text, filename)

    monkeypatch.setattr(ast, "parse", parse)
    return asked


def test_code_is_read_once_more_where_the_interpreter_miscounted(monkeypatch):
    asked = refusing(1, SystemError(f"{MISCOUNTED} (before=96, after=98)"), monkeypatch)
    assert isinstance(tree_of("x = 1").body[0], ast.Assign)
    assert len(asked) == 2


def test_code_is_not_read_a_third_time(monkeypatch):
    asked = refusing(2, SystemError(MISCOUNTED), monkeypatch)
    with pytest.raises(SystemError):
        tree_of("x = 1")
    assert len(asked) == 2


@pytest.mark.parametrize("error", [SyntaxError("invalid"), SystemError("something else")])
def test_any_other_trouble_is_told_at_once(monkeypatch, error):
    asked = refusing(1, error, monkeypatch)
    with pytest.raises(type(error)):
        tree_of("x = 1")
    assert len(asked) == 1
