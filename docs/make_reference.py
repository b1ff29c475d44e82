# SPDX-License-Identifier: EUPL-1.2
"""Writes the reference from the code: `python docs/make_reference.py` (or `make docs`).

Needs no database and no network. The output depends on the code alone, so that a test can compare it.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import inspect
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
SOURCE = ROOT / "src" / "stoa"
REFERENCE = DOCS / "reference"
CONTRACT = ROOT / "contracts" / "openapi" / "own_api.json"
MADE = (
    "<!-- SPDX-License-Identifier: EUPL-1.2 -->\n<!-- Made by `make docs` from the code; do not edit. -->\n"
)

OTHER_NAMES = {
    "STOA_CHROMIUM": "Tests only: path of the browser, where it is not found by its usual names.",
    "STOA_MQTT_URL_FILE": "A file that holds `STOA_MQTT_URL`, so that the password stands in no list of processes.",
    "STOA_NEW_PASSWORD": "`stoa city person`: the password of a new account, so that it is not asked for.",
    "STOA_OWNER_DATABASE_URL": "With `DATABASE_URL`: the role that owns the tables, for migrations; empty: the same.",
    "STOA_SUPER_DATABASE_URL": "With `DATABASE_URL`: a role that sees every row, for backups; empty: the same.",
    "STOA_TESTS_BASE": "Tests only: the folder of the test database, set by the test run itself.",
    "STOA_TRUSTED_PROXIES": "Addresses of web servers in front, by commas, whose `X-Forwarded-...` is believed.",
    "STOA_WSGI": "Tests of the supervisor only: another application instead of the portal.",
}
"""Read from the environment beside `stoa.site.environment`; a test holds this list against the code."""


def ready() -> None:
    """Set Django up without a database; the operator's own settings must not show in the documents."""
    for path in (str(DOCS), str(ROOT / "src")):
        if path not in sys.path:
            sys.path.insert(0, path)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stoa.site.settings")
    os.environ.setdefault("STOA_SECRET_KEY", "only for making documents")
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()


@contextmanager
def _without_settings() -> Iterator[None]:
    kept = {
        name: os.environ.pop(name)
        for name in list(os.environ)
        if name.startswith("STOA_") or name == "DATABASE_URL"
    }
    try:
        yield
    finally:
        os.environ.update(kept)


def cell(text: object) -> str:
    """Text for one cell of a table: one line, no bars."""
    return " ".join(str(text).split()).replace("|", "\\|")


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table; a dash where there would be no row."""
    heads = list(heads)
    lines = [f"| {' | '.join(cell(value) for value in row)} |" for row in rows]
    return "\n".join([f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}", *lines])


def first_sentence(thing: Any) -> str:
    """The first paragraph of a docstring on one line."""
    return " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())


def page(title: str, *parts: str) -> str:
    return "\n\n".join([f"{MADE}# {title}", *(part.strip() for part in parts if part.strip())]) + "\n"


# -- settings


def settings() -> str:
    from stoa.site.environment import Environment

    rows = []
    read = _source_text()
    for name, field in sorted(Environment.model_fields.items()):
        variable = (
            field.validation_alias if isinstance(field.validation_alias, str) else f"STOA_{name.upper()}"
        )
        used = (
            re.search(rf"\b(ENVIRONMENT|environment|settings|given|told)\.{name}\b", read)
            or f'"{variable}"' in read
            or name == "lake"
        )
        note = "" if used else " **Nothing reads it yet.**"
        rows.append((f"`{variable}`", _default(field.default), (field.description or "") + note))
    return page(
        "Settings",
        "Everything is set in the environment; nothing needs to be. Secrets may come from "
        "files: `STOA_SECRET_KEY_FILE`, "
        "`STOA_SMTP_URL_FILE`, `STOA_SMS_KEY_FILE` and `STOA_OIDC_SECRET_FILE` each name a file that holds the value.",
        table(("name", "default", "meaning"), rows),
        "## Read by single parts",
        table(("name", "meaning"), sorted((f"`{name}`", meaning) for name, meaning in OTHER_NAMES.items())),
    )


def _default(value: object) -> str:
    return f"`{value}`" if value not in ("", None, ()) else "empty"


def _source_text() -> str:
    places = (path for path in sorted(SOURCE.rglob("*.py")) if path.name != "environment.py")
    return "\n".join(path.read_text(encoding="utf-8") for path in places)


# -- commands


def commands() -> str:
    from stoa.site.cli import parser

    with _without_settings():
        top = parser()
    parts = [_command(part) for part in _subcommands(top)]
    return page(
        "Commands",
        "`stoa COMMAND --help` says the same. After `make setup` the command is `.venv/bin/stoa`.",
        *parts,
    )


def _subcommands(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Commands in the order of their names, each before its own verbs."""
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to ask
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for name, part in sorted(action.choices.items()):
                help_text = next((c.help for c in action._choices_actions if c.dest == name), "")  # noqa: SLF001
                part.description = part.description or help_text
                yield part
                yield from _subcommands(part)


def _command(parser: argparse.ArgumentParser) -> str:
    """One command with its arguments; groups with a title of their own get a table of their own."""
    tables: dict[str, list[tuple[str, str, str]]] = {}
    for group in parser._action_groups:  # noqa: SLF001
        title = (
            ""
            if group.title in {"positional arguments", "options"}
            else f"{group.title}: {group.description or ''}".strip(": ")
        )
        tables.setdefault(title, []).extend(
            _option(action)
            for action in group._group_actions  # noqa: SLF001
            if _is_said(action)
        )
    parts = [f"## `{parser.prog}`", str(parser.description or "")]
    for title, rows in tables.items():
        parts += [title, table(("argument", "default", "meaning"), rows)] if rows else []
    return "\n\n".join(part for part in parts if part)


def _is_said(action: argparse.Action) -> bool:
    return not isinstance(action, argparse._HelpAction | argparse._SubParsersAction)  # noqa: SLF001


def _option(action: argparse.Action) -> tuple[str, str, str]:
    told = "/".join(map(str, action.choices)) if action.choices else action.metavar or action.dest.upper()
    name = ", ".join(action.option_strings) or str(action.metavar or action.dest)
    value = f" {told}" if action.option_strings and action.nargs != 0 else ""
    has_default = action.nargs != 0 and bool(action.default)
    default = "required" if action.required else f"`{action.default}`" if has_default else ""
    return f"`{name}{value}`", default, action.help or ""


# -- permissions, events, jobs


def manifests() -> list[Any]:
    from stoa.site.houses import HOUSES

    return [importlib.import_module(f"stoa.houses.{house}.manifest").MANIFEST for house in sorted(HOUSES)]


def described_permissions() -> dict[str, str]:
    """Every permission of every house, and those that the common roles bring, with its description."""
    from stoa.commons.roles.book import BOOK

    found = {permission: "" for role in BOOK.all() for permission in role.permissions}
    for manifest in manifests():
        module, _colon, name = manifest.permissions.partition(":")
        roles = importlib.import_module(module)
        found |= {str(permission): roles.DESCRIPTIONS[permission] for permission in getattr(roles, name)}
    return dict(sorted(found.items()))


def permissions() -> str:
    from stoa.commons.roles.book import BOOK

    roles = sorted(BOOK.all(), key=lambda role: role.code)
    rows = [
        (
            f"`{code}`",
            said or "(described by the role)",
            ", ".join(r.code for r in roles if code in r.permissions) or "operator only",
        )
        for code, said in described_permissions().items()
    ]
    reach = {
        True: "the whole city",
        False: "a department and those below it, or the whole city if none is named",
    }
    return page(
        "Roles and permissions",
        "A person holds roles in a city; a role is a list of permissions. Operators of the "
        "install may do everything in every city.",
        "## Roles",
        table(
            ("role", "title", "what it is for", "holds for"),
            [(f"`{r.code}`", r.title, r.description, reach[r.is_for_whole_city]) for r in roles],
        ),
        "## Permissions",
        table(("permission", "meaning", "roles that have it"), rows),
    )


def events() -> str:
    parts = []
    for manifest in manifests():
        module = importlib.import_module(f"stoa.houses.{manifest.name}.events")
        for name in sorted(manifest.events):
            event = getattr(module, name)
            fields = [(f"`{field.name}`", f"`{field.type}`") for field in dataclasses.fields(event)]
            parts += [f"## `{manifest.name}.{name}`", first_sentence(event), table(("field", "type"), fields)]
    lead = (
        "What houses tell each other. An event is written in the transaction that it speaks of and "
        "delivered by a job at least once."
    )
    return page("Events", lead, *parts)


def jobs() -> str:
    tasks, times = known_jobs()
    rows = [
        (
            f"`{name}`",
            first_sentence(task.func),
            ", ".join(times.get(name, ())) or "when asked for",
            _attempts(task),
        )
        for name, task in sorted(tasks.items())
    ]
    lead = (
        "Background work, done by the job worker that `stoa up` starts. Times are those of cron, in "
        "UTC: minute, hour, day, month, weekday."
    )
    return page("Jobs", lead, table(("job", "what it does", "when", "further attempts"), rows))


def known_jobs() -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Our jobs by name, and the times of those that come by themselves."""
    from procrastinate.contrib.django import app

    for path in sorted(SOURCE.rglob("jobs.py")):
        importlib.import_module(".".join(path.relative_to(SOURCE.parent).with_suffix("").parts))
    tasks = {name: task for name, task in app.tasks.items() if task.func.__module__.startswith("stoa.")}
    times: dict[str, list[str]] = {}
    for periodic in app.periodic_registry.periodic_tasks.values():
        times.setdefault(periodic.task.name, []).append(f"`{periodic.cron}`")
    return tasks, {name: sorted(found) for name, found in times.items()}


def _attempts(task: Any) -> str:
    return str(task.retry_strategy.max_attempts) if task.retry_strategy else "none"


# -- errors


def errors() -> str:
    from problem_codes import problem_codes

    by_code: dict[str, list[Any]] = {}
    for found in problem_codes(SOURCE):
        by_code.setdefault(found.code, []).append(found)
    rows = [
        (
            f"`{code}`",
            *(_sentences(found, part) for part in ("what", "why", "do")),
            ", ".join(sorted({f"`{f.place.removeprefix('stoa.')}`" for f in found})),
        )
        for code, found in sorted(by_code.items())
    ]
    lead = (
        "Every refusal says what happened, why it matters and what to do, and carries a code "
        "that never changes. Programs get the code and "
        "the sentences as RFC 9457 problem details. `%(...)s` stands for a fact that is filled in."
    )
    return page(
        "Errors", lead, table(("code", "what happened", "why it matters", "what to do", "where"), rows)
    )


def _sentences(found: Iterable[Any], part: str) -> str:
    return " *or* ".join(dict.fromkeys(text for one in found for text in getattr(one, part))) or "—"


# -- all of it


def pages() -> dict[Path, str]:
    """Every file that is made, with its text."""
    ready()
    from api_pages import api, data_dictionary, openapi
    from django.utils.translation import override
    from people_page import personal_data

    makers: dict[str, Callable[[], str]] = {
        "settings": settings, "commands": commands, "permissions": permissions, "events": events, "errors": errors,
        "api": api, "data-dictionary": data_dictionary, "jobs": jobs, "personal-data": personal_data,
    }  # fmt: skip
    with override(None):
        made = {REFERENCE / f"{name}.md": maker() for name, maker in makers.items()}
        made[CONTRACT] = openapi()
    return {path: re.sub(r"[ \t]+\n", "\n", text) for path, text in made.items()}


def main() -> int:
    """Write what has changed; say which files those were."""
    for path, text in pages().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"written: {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
