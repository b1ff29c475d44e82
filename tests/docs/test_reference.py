# SPDX-License-Identifier: EUPL-1.2
"""The reference says what the code says, and leaves nothing out."""

from __future__ import annotations

import argparse
import dataclasses
import functools
import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import api_pages
import make_reference
import people_page
import pytest
from django.apps import apps
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import resolve

from stoa.commons.roles.book import BOOK
from stoa.gates.own_api.api import api as own_api
from stoa.site.cli import parser
from stoa.site.environment import Environment
from stoa.site.houses import HOUSES

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "stoa"
READ_FROM_ENVIRONMENT = re.compile(
    r"environ(?:\.get|\.setdefault|\.pop)?[\[(]\s*\"((?:STOA_|DATABASE_URL)[A-Z_]*)\""
)
PUBLIC_ADDRESSES = {"people.Department.email"}
"""Addresses of offices, not of people."""


@functools.cache
def made() -> dict[Path, str]:
    return make_reference.pages()


@functools.cache
def text_of(page: str) -> str:
    return (ROOT / "docs" / "reference" / f"{page}.md").read_text(encoding="utf-8")


@functools.cache
def source_text() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(SOURCE.rglob("*.py")))


PAGES = [
    "api",
    "commands",
    "data-dictionary",
    "errors",
    "events",
    "jobs",
    "permissions",
    "personal-data",
    "settings",
]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_the_reference_is_what_the_code_gives_now(page: str) -> None:
    path = ROOT / "docs" / "reference" / f"{page}.md"
    assert path.read_text(encoding="utf-8") == made()[path], "run make docs"


def test_the_contract_is_what_the_code_gives_now() -> None:
    assert make_reference.CONTRACT.read_text(encoding="utf-8") == made()[make_reference.CONTRACT], (
        "run make docs"
    )


def test_the_generator_gives_the_same_twice() -> None:
    assert make_reference.pages() == made()


def test_the_contract_is_what_a_running_portal_answers() -> None:
    found = resolve("/api/v1/openapi.json")
    request: HttpRequest = RequestFactory().get("/api/v1/openapi.json")
    answer = found.func(request, *found.args, **found.kwargs)
    assert json.loads(answer.content) == json.loads(make_reference.CONTRACT.read_text(encoding="utf-8"))


def test_every_setting_is_documented_with_its_meaning() -> None:
    for name, field in Environment.model_fields.items():
        variable = (
            field.validation_alias if isinstance(field.validation_alias, str) else f"STOA_{name.upper()}"
        )
        assert f"| `{variable}` |" in text_of("settings")
        assert (field.description or "").endswith("."), name


def test_every_variable_that_the_code_reads_is_documented() -> None:
    read = set(READ_FROM_ENVIRONMENT.findall(source_text()))
    assert read, "the pattern finds nothing any more"
    missing = {name for name in read if f"| `{name}` |" not in text_of("settings")}
    assert not missing


def test_no_variable_is_documented_that_nothing_reads() -> None:
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    everything = source_text() + tests.replace(Path(__file__).read_text(encoding="utf-8"), "") + makefile
    assert not {name for name in make_reference.OTHER_NAMES if name not in everything}


def _commands(top: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            for part in action.choices.values():
                yield part
                yield from _commands(part)


def test_every_command_and_option_is_documented() -> None:
    found = list(_commands(parser()))
    assert len(found) > 8
    for command in found:
        section = text_of("commands").partition(f"## `{command.prog}`\n")[2].partition("\n## ")[0]
        assert section, command.prog
        for option in command._option_string_actions:
            assert option in {"-h", "--help"} or f"`{option}" in section, (command.prog, option)


def test_every_permission_is_documented() -> None:
    held = {permission for role in BOOK.all() for permission in role.permissions}
    for house in HOUSES:
        held |= {str(p) for p in importlib.import_module(f"stoa.houses.{house}.roles").Permission}
    assert not {permission for permission in held if f"| `{permission}` |" not in text_of("permissions")}
    assert not {role.code for role in BOOK.all() if f"| `{role.code}` |" not in text_of("permissions")}


@pytest.mark.parametrize("house", HOUSES)
def test_every_event_is_documented_with_its_fields(house: str) -> None:
    module = importlib.import_module(f"stoa.houses.{house}.events")
    defined = [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and thing.__module__ == module.__name__
    ]
    for event in defined:
        section = text_of("events").partition(f"## `{house}.{event.__name__}`\n")[2].partition("\n## ")[0]
        assert section, event
        assert all(f"| `{field.name}` |" in section for field in dataclasses.fields(event)), event


def test_every_endpoint_is_documented() -> None:
    routes = [
        (method, f"{prefix}{path}")
        for prefix, router in own_api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    ]
    assert len(routes) > 8
    for method, path in routes:
        shown = re.sub(r"{(?:\w+:)?(\w+)}", r"{\1}", path)
        assert f"## {method} `/api/v1{shown}`" in text_of("api")


def test_every_job_is_documented() -> None:
    named = set(re.findall(r"@app\.task\(\s*name=\"([^\"]+)\"", source_text()))
    assert named
    assert not {name for name in named if f"| `{name}` |" not in text_of("jobs")}


def test_every_error_code_that_stands_in_the_source_is_documented() -> None:
    plain = set(re.findall(r"\bProblem\(\s*(?:code=)?\"([a-z_]+\.[a-z_]+)\"", source_text())) - {
        "reading.rows_ragged"
    }
    assert len(plain) > 50
    assert not {code for code in plain if f"| `{code}` |" not in text_of("errors")}


def test_a_code_that_the_source_looks_for_is_one_that_exists() -> None:
    asked = set(re.findall(r"\.code (?:==|!=) \"([a-z_]+\.[a-z_]+)\"", source_text()))
    assert asked
    assert not {code for code in asked if f"| `{code}` |" not in text_of("errors")}


def own_fields() -> list[tuple[str, Any]]:
    models = [model for model in apps.get_models() if model.__module__.startswith("stoa.")]
    return [
        (model._meta.label, field) for model in models for field in model._meta.get_fields() if field.concrete
    ]


def test_every_field_of_every_table_says_what_it_means() -> None:
    silent = [
        f"{label}.{field.name}"
        for label, field in own_fields()
        if not field.auto_created and not field.primary_key and not api_pages.meaning(field)
    ]
    assert own_fields()
    assert not silent


def test_every_field_of_every_table_is_in_the_data_dictionary() -> None:
    for label, field in own_fields():
        section = text_of("data-dictionary").partition(f"## {label} (")[2].partition("\n## ")[0]
        assert f"| `{field.name}` |" in section, (label, field.name)


def test_the_page_on_personal_data_names_real_fields() -> None:
    for label, fields, *_words in people_page.HELD_BY_COMMONS:
        model = apps.get_model(label)
        assert all(model._meta.get_field(name) for name in fields)


def test_every_field_that_names_a_person_is_on_the_page_on_personal_data() -> None:
    told = {f"{label}.{name}" for label, fields, *_words in people_page.HELD_BY_COMMONS for name in fields}
    naming = {"email", "by_name", "by_id", "answered_by"}
    found = {f"{label}.{field.name}" for label, field in own_fields() if field.name in naming}
    assert found
    assert not found - told - PUBLIC_ADDRESSES
