# SPDX-License-Identifier: EUPL-1.2
"""What imports alone do not show: the shape of the houses, and who reaches into whom by a string."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from tests.syntax import tree_of

from stoa.ground.manifest import Manifest
from stoa.site.houses import GATES, HOUSES

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "stoa"
ROOMS = {
    "manifest", "door", "events", "terms", "models", "rules", "actions", "queries", "roles", "jobs", "pages",
    "apps", "migrations", "templates", "cards", "__init__", "static", "kinds",
}  # fmt: skip
FORBIDDEN_NAMES = {"utils.py", "helpers.py", "manager.py", "base.py", "common.py", "misc.py"}
PYTHON = [path for path in SOURCE.rglob("*.py") if "node_modules" not in path.parts]
TESTS = [*(ROOT / "tests").rglob("*.py")]


@pytest.mark.parametrize("house", HOUSES)
def test_a_house_has_only_rooms_that_every_house_may_have(house: str) -> None:
    found = {path.stem for path in (SOURCE / "houses" / house).iterdir() if path.name != "__pycache__"}
    assert found <= ROOMS, f"unknown rooms in {house}: {sorted(found - ROOMS)}"


@pytest.mark.parametrize("house", HOUSES)
def test_a_manifest_tells_the_truth(house: str) -> None:
    manifest = importlib.import_module(f"stoa.houses.{house}.manifest").MANIFEST
    assert isinstance(manifest, Manifest)
    assert manifest.name == house
    events = importlib.import_module(f"stoa.houses.{house}.events")
    defined = {
        name
        for name, thing in vars(events).items()
        if isinstance(thing, type) and thing.__module__ == events.__name__
    }
    assert set(manifest.events) == defined
    assert set(manifest.jobs) <= _task_names(house)
    assert set(manifest.depends_on) == _houses_imported_by(house)


def _task_names(house: str) -> set[str]:
    text = (SOURCE / "houses" / house / "jobs.py").read_text(encoding="utf-8")
    return set(re.findall(r'@app\.task\(name="([^"]+)"', text))


def _houses_imported_by(house: str) -> set[str]:
    found: set[str] = set()
    for path in (SOURCE / "houses" / house).rglob("*.py"):
        for module in _imports(path):
            parts = module.split(".")
            if parts[:2] == ["stoa", "houses"] and len(parts) > 2 and parts[2] != house:
                found.add(parts[2])
    return found


def _imports(path: Path) -> list[str]:
    tree = tree_of(path.read_text(encoding="utf-8"))
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append(node.module)
    return found


def test_no_foreign_key_crosses_from_one_house_into_another() -> None:
    crossing = []
    for model in apps.get_models(include_auto_created=True):
        if not model.__module__.startswith("stoa.houses."):
            continue
        house = model.__module__.split(".")[2]
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            is_key = isinstance(field, models.ForeignKey | models.OneToOneField)
            if (
                is_key
                and target
                and target.__module__.startswith("stoa.houses.")
                and target.__module__.split(".")[2] != house
            ):
                crossing.append(f"{model.__name__}.{field.name}")
    assert not crossing


def test_nobody_asks_for_a_model_of_a_house_by_its_name() -> None:
    asking = [
        str(path.relative_to(ROOT))
        for path in PYTHON
        if "get_model(" in path.read_text(encoding="utf-8") and "migrations" not in path.parts
    ]
    assert not asking


def test_no_template_reaches_into_another_house() -> None:
    reaching = re.compile(r'{%\s*(?:include|extends)\s+"([^"]+)"')
    wrong = [
        f"{template.relative_to(ROOT)}: {name}"
        for house in HOUSES
        for template in (SOURCE / "houses" / house).rglob("*.html")
        for name in reaching.findall(template.read_text(encoding="utf-8"))
        if not name.startswith(("web/", f"{house}/"))
    ]
    assert not wrong


def test_gates_never_touch_a_table() -> None:
    files = [path for gate in GATES for path in (SOURCE / "gates" / gate).rglob("*.py")]
    touching = [
        p
        for p in files
        if ".objects" in p.read_text(encoding="utf-8") or "django.db" in " ".join(_imports(p))
    ]
    assert not [str(path.relative_to(ROOT)) for path in touching]


def test_every_source_file_says_its_licence() -> None:
    without = [
        str(path.relative_to(ROOT))
        for path in PYTHON
        if "SPDX-License-Identifier: EUPL-1.2" not in path.read_text(encoding="utf-8")[:200]
    ]
    assert not without


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert not [str(path.relative_to(ROOT)) for path in PYTHON if path.name in FORBIDDEN_NAMES]


def test_no_room_is_too_full_to_find_things_in() -> None:
    """In the tests as in the product; only a migration is made by a program and read by nobody."""
    full = {}
    for path in [*(path for path in PYTHON if "migrations" not in path.parts), *TESTS]:
        lines = path.read_text(encoding="utf-8").count("\n")
        if lines > 400:
            full[str(path.relative_to(ROOT))] = lines
    assert not full


def test_no_function_is_too_long_to_read_aloud() -> None:
    long = []
    for path in PYTHON:
        if "migrations" in path.parts:
            continue
        for node in ast.walk(tree_of(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > 45:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name} has {length} lines")
    assert not long


def test_no_city_has_its_name_in_the_code() -> None:
    """City differences are data: manifests of real cities may name them, code may not."""
    named = []
    for path in PYTHON:
        text = path.read_text(encoding="utf-8").lower()
        if any(name in text for name in ("muenster", "münster", "trafford")):
            named.append(str(path.relative_to(ROOT)))
    assert not named
