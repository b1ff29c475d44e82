# SPDX-License-Identifier: EUPL-1.2
"""Python source as a tree, for tests that read code."""

from __future__ import annotations

import ast

MISCOUNTED = "AST constructor recursion depth mismatch"


def tree_of(text: str, filename: str = "<text>") -> ast.Module:
    """The tree of a source text.

    CPython 3.11 sometimes miscounts its own depth where a tracer or a garbage collection came in between (gh-106905);
    the text has nothing to do with it, so it is read once more.
    """
    try:
        return ast.parse(text, filename=filename)
    except SystemError as error:
        if MISCOUNTED not in str(error):
            raise
        return ast.parse(text, filename=filename)
