# SPDX-License-Identifier: EUPL-1.2
"""Finds every stable error code in the source, with its three sentences, by reading the syntax tree.

A code stands in `Problem("place.thing_state", ...)`, or a small factory builds it: a function whose parameter becomes
the code, or its end. Then the calls of that function are followed, as far as it takes. A `Problem` whose code cannot be
found is an error: a code that no page lists would be a promise that nobody can read.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

PARTS = ("code", "what", "why", "do", "field")
SAYERS = {"say", "saying", "Saying", "N_"}
ILLUSTRATIONS = {"stoa.web.sample"}
"""Modules whose problems only show how a page looks."""


TABLE = "_WORDS"
"""Name of the table in which a module keeps the words of its problems by code."""


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """One code at one place."""

    code: str
    place: str
    """Module, e.g. `stoa.commons.reading.formats.refusals`."""
    what: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    do: tuple[str, ...] = ()


@dataclass(slots=True)
class Scope:
    """One function (or the module itself) with what its names stand for."""

    module: str
    name: str
    parameters: tuple[str, ...]
    needed: int = 0
    """How many parameters have no default."""
    calls: list[ast.Call] = field(default_factory=list)
    assigned: dict[str, list[ast.expr]] = field(default_factory=dict)
    unpacked: dict[str, list[tuple[ast.expr, int]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Factory:
    """A function that makes a problem from its parameters."""

    scope: Scope
    parts: Mapping[str, ast.expr]
    outer: Factory | None = None
    """The factory that this one calls, whose parts are filled by `parts`."""


class Unknown(Exception):  # noqa: N818 - reads as what it is
    """A code or a sentence that cannot be found by reading."""


def problem_codes(source: Path) -> list[Found]:
    """Every code below this folder (`src/stoa`), sorted. Raises Unknown where one cannot be found."""
    scopes, constants = _read(source)
    reader = _Reader(scopes, constants)
    reader.run()
    return sorted({*reader.found, *_written_out(source)})


def _written_out(source: Path) -> Iterator[Found]:
    """Codes that are sent without a `Problem`: `{"code": "api.value_wrong", ...}`."""
    for path in sorted(source.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if '"code"' in text else ():
            for key, value in zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else ():
                told = value.value if isinstance(value, ast.Constant) else ""
                if (
                    isinstance(key, ast.Constant)
                    and key.value == "code"
                    and isinstance(told, str)
                    and "." in told
                ):
                    yield Found(told, ".".join(path.relative_to(source.parent).with_suffix("").parts))


def _read(source: Path) -> tuple[list[Scope], dict[str, dict[str, ast.expr]]]:
    scopes: list[Scope] = []
    constants: dict[str, dict[str, ast.expr]] = {}
    brought: list[tuple[str, ast.ImportFrom]] = []
    for path in sorted(source.rglob("*.py")):
        if "migrations" in path.parts or "node_modules" in path.parts:
            continue
        module = ".".join(path.relative_to(source.parent).with_suffix("").parts)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        whole = Scope(module, "", ())
        _fill(whole, tree.body, scopes)
        scopes.append(whole)
        constants[module] = {name: values[-1] for name, values in whole.assigned.items()}
        brought += [(module, node) for node in tree.body if isinstance(node, ast.ImportFrom) and node.module]
    for module, node in brought:
        for alias in node.names:
            told = constants.get(str(node.module), {}).get(alias.name)
            if told is not None:
                constants[module].setdefault(alias.asname or alias.name, told)
    return scopes, constants


def _fill(scope: Scope, body: list[ast.stmt], scopes: list[Scope]) -> None:
    """Collect calls and assignments of one function; functions inside become scopes of their own."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
            names = [name for name in names if name not in {"self", "cls"}]
            inner = Scope(
                scope.module,
                node.name,
                tuple(names),
                len(names) - len(node.args.defaults) - _with_default(node),
            )
            scopes.append(inner)
            _fill(inner, node.body, scopes)
            continue
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            _assign(scope, node.targets[0], node.value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            _assign(scope, node.target, node.value)
        elif isinstance(node, ast.Call):
            scope.calls.append(node)
        waiting.extend(ast.iter_child_nodes(node))


def _with_default(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return sum(default is not None for default in function.args.kw_defaults)


def _assign(scope: Scope, target: ast.expr, value: ast.expr) -> None:
    if isinstance(target, ast.Name):
        scope.assigned.setdefault(target.id, []).append(value)
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for part, own in zip(target.elts, value.elts, strict=False):
            _assign(scope, part, own)
    elif isinstance(target, ast.Tuple):
        for index, part in enumerate(target.elts):
            if isinstance(part, ast.Name):
                scope.unpacked.setdefault(part.id, []).append((value, index))


def _called(call: ast.Call) -> str:
    function = call.func
    return (
        function.id
        if isinstance(function, ast.Name)
        else function.attr
        if isinstance(function, ast.Attribute)
        else ""
    )


def _in_table(module: str, table: ast.Dict) -> Iterator[Found]:
    """Codes of a module that keeps the words of all its problems in one table: `{"word": (what, why, do)}`."""
    house = module.split(".")[2]
    for key, value in zip(table.keys, table.values, strict=True):
        said = [
            tuple(part.value for part in ast.walk(text) if isinstance(part, ast.Constant))
            for text in getattr(value, "elts", [])
        ]
        if not isinstance(key, ast.Constant) or len(said) != 3:
            raise Unknown(f"an entry of {TABLE} in {module}")
        yield Found(f"{house}.{key.value}", module, *said)


class _Reader:
    """Follows calls from `Problem` outwards until every code is a literal."""

    def __init__(self, scopes: list[Scope], constants: dict[str, dict[str, ast.expr]]) -> None:
        self.constants = constants
        self.found: list[Found] = []
        self.calls: dict[str, list[tuple[Scope, ast.Call]]] = {}
        for scope in scopes:
            for call in scope.calls:
                self.calls.setdefault(_called(call), []).append((scope, call))

    def run(self) -> None:
        waiting: list[Factory] = []
        for scope, call in self._calls("Problem"):
            if scope.module not in ILLUSTRATIONS | {"stoa.ground.problems"}:
                waiting += self._settle(scope, _arguments(call, PARTS), None)
        while waiting:
            factory = waiting.pop()
            calls = [(s, c) for s, c in self._calls(factory.scope.name) if _reaches(s, c, factory.scope)]
            if not calls:
                raise Unknown(
                    f"{factory.scope.module}.{factory.scope.name} makes problems, but nobody calls it"
                )
            for scope, call in calls:
                waiting += self._settle(scope, _arguments(call, factory.scope.parameters), factory)

    def _calls(self, name: str) -> list[tuple[Scope, ast.Call]]:
        return self.calls.get(name, [])

    def _settle(self, scope: Scope, given: Mapping[str, ast.expr], outer: Factory | None) -> list[Factory]:
        """Note the codes of one call; or the function around it is a factory itself."""
        here = Factory(scope, given, outer)
        codes = self._codes(here)
        if codes is None:
            table = self.constants[scope.module].get(TABLE)
            if isinstance(table, ast.Dict):
                self.found += _in_table(scope.module, table)
                return []
            return [here]
        for code, key in codes:
            texts = {
                part: tuple(dict.fromkeys(self._texts(here, part, key))) for part in ("what", "why", "do")
            }
            self.found.append(Found(code, scope.module, **texts))
        return []

    def _codes(self, factory: Factory) -> list[tuple[str, str]] | None:
        """Codes with the word that the factory got; None where the word is a parameter of the caller."""
        expression, holder = self._part(factory, "code")
        if expression is None:
            raise Unknown(f"a problem without a code in {factory.scope.module}")
        return self._words(expression, holder, factory)

    def _words(self, node: ast.expr, holder: Factory, inner: Factory) -> list[tuple[str, str]] | None:
        if isinstance(node, ast.Constant):
            return [(str(node.value), str(node.value))]
        if isinstance(node, ast.IfExp):
            both = [self._words(side, holder, inner) for side in (node.body, node.orelse)]
            return None if None in both else list(chain.from_iterable(b for b in both if b))
        if isinstance(node, ast.JoinedStr):
            return self._joined(node, holder, inner)
        if isinstance(node, ast.Name):
            if node.id in holder.scope.parameters:
                return self._from_caller(node.id, holder, inner)
            values = holder.scope.assigned.get(node.id) or [self.constants[holder.scope.module][node.id]]
            if any(isinstance(value, ast.Call) for value in values):  # as with an attribute, below
                return [(f"<{node.id}>", node.id)]
            listed = [self._words(value, holder, inner) for value in values]
            return None if None in listed else list(chain.from_iterable(words for words in listed if words))
        if isinstance(
            node, ast.Attribute
        ):  # a number that is only known while it runs, e.g. the status of an answer
            return [(f"<{node.attr}>", node.attr)]
        raise Unknown(f"the code `{ast.unparse(node)}` in {holder.scope.module}.{holder.scope.name}")

    def _joined(self, node: ast.JoinedStr, holder: Factory, inner: Factory) -> list[tuple[str, str]] | None:
        ends: list[tuple[str, str]] = [("", "")]
        for part in node.values:
            words = self._words(part.value if isinstance(part, ast.FormattedValue) else part, holder, inner)
            if words is None:
                return None
            ends = [
                (text + word, key if isinstance(part, ast.Constant) else word)
                for text, key in ends
                for word, _key in words
            ]
        return ends

    def _from_caller(self, name: str, holder: Factory, inner: Factory) -> list[tuple[str, str]] | None:
        """The value of a parameter, one call further out; None at the outermost call."""
        caller = _caller_of(holder, inner)
        if caller is None:
            return None
        if name not in caller.parts:
            raise Unknown(f"the parameter {name} of {holder.scope.module}.{holder.scope.name}")
        return self._words(caller.parts[name], caller, inner)

    def _part(self, factory: Factory, part: str) -> tuple[ast.expr | None, Factory]:
        """The expression of a part at the innermost call, `Problem(...)` itself."""
        innermost = factory
        while innermost.outer is not None:
            innermost = innermost.outer
        return innermost.parts.get(part), innermost

    def _texts(self, factory: Factory, part: str, key: str) -> list[str]:
        expression, holder = self._part(factory, part)
        return [] if expression is None else self._sentences(expression, holder, factory, key)

    def _sentences(self, node: ast.expr, holder: Factory, inner: Factory, key: str) -> list[str]:
        """Every sentence that an expression may stand for, with its gaps."""
        if isinstance(node, ast.Constant):
            return [node.value] if isinstance(node.value, str) else []
        if isinstance(node, ast.IfExp):
            return [s for side in (node.body, node.orelse) for s in self._sentences(side, holder, inner, key)]
        if isinstance(node, ast.Call):
            first = node.args[:1] if _called(node) in SAYERS else []
            return [s for arg in first for s in self._sentences(arg, holder, inner, key)]
        if isinstance(node, ast.Attribute):  # `what.text` of a saying
            return self._sentences(node.value, holder, inner, key)
        if isinstance(node, ast.Subscript):
            return self._looked_up(node, holder, inner, key)
        return self._named(node.id, holder, inner, key) if isinstance(node, ast.Name) else []

    def _named(self, name: str, holder: Factory, inner: Factory, key: str) -> list[str]:
        scope = holder.scope
        if name in scope.unpacked:
            rows = [
                (row, index)
                for value, index in scope.unpacked[name]
                for row in self._rows(value, holder, key)
            ]
            return [
                s
                for row, index in rows
                if index < len(row)
                for s in self._sentences(row[index], holder, inner, key)
            ]
        if name in scope.assigned:
            return [s for value in scope.assigned[name] for s in self._sentences(value, holder, inner, key)]
        if name in scope.parameters:
            caller = _caller_of(holder, inner)
            if caller is None:
                return self._from_every_caller(name, scope, key)
            given = caller.parts.get(name)
            return self._sentences(given, caller, inner, key) if given is not None else []
        value = self.constants[scope.module].get(name)
        return self._sentences(value, holder, inner, key) if value is not None else []

    def _from_every_caller(self, name: str, scope: Scope, key: str) -> list[str]:
        """What the callers of a function give for a sentence, where its code is settled inside."""
        told = []
        for other, call in self._calls(scope.name):
            given = _arguments(call, scope.parameters).get(name)
            if given is not None and other is not scope and _reaches(other, call, scope):
                outer = Factory(other, {})
                told += self._sentences(given, outer, outer, key)
        return told

    def _rows(self, node: ast.expr, holder: Factory, key: str) -> list[list[ast.expr]]:
        """The tuples that `_WORDS[state]` or `_WORDS.get(state, (...))` may stand for."""
        values: list[ast.expr | None] = [node]
        if isinstance(node, ast.Subscript):
            values = [self._entry(node, holder, key)]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            table = self._table(node.func.value, holder)
            values = [*(table.values if table else []), *node.args[1:]]
        return [value.elts for value in values if isinstance(value, ast.Tuple)]

    def _table(self, node: ast.expr, holder: Factory) -> ast.Dict | None:
        found = self.constants[holder.scope.module].get(node.id) if isinstance(node, ast.Name) else None
        return found if isinstance(found, ast.Dict) else None

    def _entry(self, node: ast.Subscript, holder: Factory, key: str) -> ast.expr | None:
        table = self._table(node.value, holder)
        pairs = zip(table.keys, table.values, strict=True) if table else ()
        return next(
            (value for name, value in pairs if isinstance(name, ast.Constant) and name.value == key), None
        )

    def _looked_up(self, node: ast.Subscript, holder: Factory, inner: Factory, key: str) -> list[str]:
        entry = self._entry(node, holder, key)
        if entry is not None:
            return self._sentences(entry, holder, inner, key)
        table = self._table(node.value, holder)
        return [
            s for value in (table.values if table else []) for s in self._sentences(value, holder, inner, key)
        ]


def _caller_of(holder: Factory, inner: Factory) -> Factory | None:
    """The call that fills the parameters of `holder`: the chain runs from the outermost call to `Problem`."""
    step: Factory | None = inner
    while step is not None and step.outer is not holder:
        step = step.outer
    return step


def _arguments(call: ast.Call, names: tuple[str, ...]) -> dict[str, ast.expr]:
    given = dict(zip(names, call.args, strict=False))
    return given | {word.arg: word.value for word in call.keywords if word.arg}


def _reaches(scope: Scope, call: ast.Call, factory: Scope) -> bool:
    """Whether a call by this name means this factory: complete, and in the same module or room, or by module name."""
    if len(call.args) + len(call.keywords) < factory.needed:
        return False
    if scope.module == factory.module:
        return True
    room, _dot, name = factory.module.rpartition(".")
    by_module = (
        isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == name
    )
    return not factory.name.startswith("_") and (scope.module.rpartition(".")[0] == room or by_module)
