# SPDX-License-Identifier: EUPL-1.2
"""`stoa doctor`: look at every part of this install and say what to do about what is wrong."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import stoa
from stoa.site.home import Home, HomeTrouble
from stoa.site.lease import Database, database, running_url
from stoa.site.plan import Plan, child_environment

FREE_LEAST_GB = 2
POSTGRES_LEAST = 160000
BEAT_MOST_S = 180
CHROMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    part: str
    fine: bool
    told: str
    do: str = ""
    optional: bool = False


def run() -> int:
    """Print one line a part; 0 when nothing that is needed is missing."""
    home = Home.from_environment()
    bad = 0
    for finding in findings(home):
        sign = "ok  " if finding.fine else ("--  " if finding.optional else "BAD ")
        sys.stdout.write(f"{sign} {finding.part}: {finding.told}\n")
        if not finding.fine:
            sys.stdout.write(f"       {finding.do}\n")
            bad += not finding.optional
    sys.stdout.write(
        "Everything that is needed is there.\n" if not bad else f"{bad} of the parts need a hand.\n"
    )
    return 1 if bad else 0


def findings(home: Home) -> Iterator[Finding]:
    """All checks in the order in which one would mend them."""
    yield _python()
    yield _settings()
    yield _folder(home)
    yield _disk(home)
    yield _lake(home)
    yield _engine()
    yield _assets()
    yield _languages()
    yield _port(home)
    yield from _database(home)
    yield from mail()
    yield from text_messages()
    yield _chromium()


def _python() -> Finding:
    told = ".".join(map(str, sys.version_info[:3]))
    return Finding(
        "Python", sys.version_info >= (3, 11), told, "Install Python 3.11 or newer and run `make setup`."
    )


def _settings() -> Finding:
    """Every setting must make sense: a mistyped one is found here, not by the first who would need it."""
    from stoa.site.environment import checked

    try:
        given = checked()
    except HomeTrouble as trouble:
        return Finding("settings", fine=False, told=str(trouble), do="Mend it and ask again.")
    told = f"people see the portal at {given.public_url}" if given.public_url else "all can be read"
    do = "Set STOA_TRUSTED_PROXIES to the address of the web server in front: without it every caller looks like it."
    behind = given.public_url.startswith("https://") and not given.trusted_proxies
    return Finding("settings", not behind, told, do, optional=True)


def _folder(home: Home) -> Finding:
    try:
        home.make()
    except HomeTrouble as trouble:
        return Finding(
            "data folder", fine=False, told=str(trouble), do="Set STOA_HOME to a folder of your own."
        )
    return Finding("data folder", fine=True, told=str(home.root))


def _disk(home: Home) -> Finding:
    place = home.root if home.root.exists() else Path.cwd()
    free = shutil.disk_usage(place).free / 1e9
    do = "Make room on the disk, or move the data folder (STOA_HOME) to a larger one."
    return Finding("disk", free >= FREE_LEAST_GB, f"{free:.1f} GB free", do)


def _lake(home: Home) -> Finding:
    try:
        lake = home.lake()
    except HomeTrouble as trouble:
        return Finding(
            "lake", fine=False, told=str(trouble), do="Set STOA_LAKE to a folder, or leave it out."
        )
    try:
        with tempfile.NamedTemporaryFile(dir=lake, prefix=".doctor"):
            return Finding("lake", fine=True, told=f"{lake} can be written")
    except OSError as error:
        do = "Give the user that runs Stoa the right to write there, or choose another folder with STOA_LAKE."
        return Finding("lake", fine=False, told=f"{lake} cannot be written ({error.strerror})", do=do)


def _engine() -> Finding:
    """DuckDB and its spatial extension come from packages and are loaded without the network."""
    code = (
        "import duckdb, duckdb_extension_spatial as s, pathlib;"
        "c=duckdb.connect(config={'autoinstall_known_extensions':'false'});"
        "f=next(pathlib.Path(s.__file__).parent.rglob('spatial.duckdb_extension'));"
        "c.execute(f\"LOAD '{f}'\");"
        "print(duckdb.__version__, c.sql('SELECT st_area(st_makeenvelope(0,0,2,2))').fetchone()[0])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    fine = done.returncode == 0 and done.stdout.split()[1:] == ["4.0"]
    told = (
        f"DuckDB {done.stdout.split()[0]} with spatial"
        if fine
        else (done.stderr.strip().splitlines() or ["?"])[-1]
    )
    return Finding(
        "lake engine",
        fine,
        told,
        "Run `make setup`: duckdb and its spatial package must be of the same version.",
    )


def _web() -> Path:
    return Path(next(iter(stoa.__path__))) / "web"


def _assets() -> Finding:
    dist = _web() / "static" / "dist"
    built = dist.is_dir() and any(dist.rglob("*.css"))
    told = f"built in {dist}" if built else "not built: pages would have no style, maps or charts"
    return Finding("front end", built, told, "Run `make setup`.")


def _languages() -> Finding:
    sources = list((_web() / "locale").rglob("*.po"))
    missing = [path.parent.parent.name for path in sources if not path.with_suffix(".mo").exists()]
    told = f"missing: {', '.join(missing)}" if missing else f"{len(sources)} translated"
    return Finding("languages", not missing, told, "Run `make setup`.")


def _port(home: Home) -> Finding:
    url = running_url(home)
    if url is not None:
        return Finding("portal", fine=True, told=f"running at {url}")
    host, port = os.environ.get("STOA_HOST", "127.0.0.1"), int(os.environ.get("STOA_PORT", "8000"))
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            do = f"Stop the program that listens there, or choose another: stoa up --port {port + 1}"
            return Finding(
                "port", fine=False, told=f"{host}:{port} cannot be taken ({error.strerror})", do=do
            )
    return Finding("port", fine=True, told=f"{host}:{port} is free (the portal is not running)")


def _database(home: Home) -> Iterator[Finding]:
    """Everything that needs the database; it is started for the checks if it does not run."""
    with contextlib.ExitStack() as stack:
        try:
            found = stack.enter_context(database(home))
            import psycopg

            link = stack.enter_context(psycopg.connect(found.app_url, connect_timeout=10, autocommit=True))
        except (HomeTrouble, OSError, psycopg.Error) as error:
            do = f"Look into {home.logs / 'postgres.log'}, or check DATABASE_URL."
            yield Finding("database", fine=False, told=str(error).strip().splitlines()[0], do=do)
            return

        def ask(sql: str) -> list[tuple[object, ...]]:
            return link.execute(sql.encode()).fetchall()

        yield from _server(ask)
        yield _tables(home, found)
        yield _jobs(ask, running=running_url(home) is not None)


Ask = Callable[[str], list[tuple[object, ...]]]


def _server(ask: Ask) -> Iterator[Finding]:
    [(version, number)] = ask(
        "SELECT current_setting('server_version'), current_setting('server_version_num')::int"
    )
    fine = isinstance(number, int) and number >= POSTGRES_LEAST
    yield Finding("database", fine, f"PostgreSQL {version} answers", "Use PostgreSQL 16 or newer.")
    from stoa.site.postgres_roles import EXTENSIONS

    there = {name for (name,) in ask("SELECT extname FROM pg_extension")}
    missing = sorted(set(EXTENSIONS) - there)
    told = f"missing: {', '.join(missing)}" if missing else ", ".join(EXTENSIONS)
    yield Finding(
        "database extensions", not missing, told, "As its superuser: CREATE EXTENSION " + "; ".join(missing)
    )
    [(powerful,)] = ask("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    told = (
        "the portal's role is bound by the locks between cities"
        if not powerful
        else "the portal's role sees all"
    )
    yield Finding(
        "database role",
        not powerful,
        told,
        "Use a role in DATABASE_URL that is no superuser and has no BYPASSRLS.",
    )


def _tables(home: Home, found: Database) -> Finding:
    done = subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--check", "--skip-checks"],
        env=child_environment(home, Plan(), found.owner_url), capture_output=True, text=True, check=False,
    )  # fmt: skip
    why = (done.stderr.strip().splitlines() or ["changes are waiting"])[-1]
    return Finding(
        "tables", done.returncode == 0, "up to date" if done.returncode == 0 else why, "Run `stoa up`."
    )


def _jobs(ask: Ask, *, running: bool) -> Finding:
    if not running:
        return Finding("jobs", fine=True, told="not running, as the portal is not")
    try:
        rows = ask("SELECT extract(epoch FROM now() - max(at))::int FROM jobs_heartbeat WHERE name = 'jobs'")
    except Exception:  # noqa: BLE001 - no table yet, or no right to it: the same for the reader
        rows = []
    age = rows[0][0] if rows else None
    fine = isinstance(age, int) and age <= BEAT_MOST_S
    told = (
        f"last sign of life {age} s ago"
        if age is not None
        else "no sign of life yet (it comes once a minute)"
    )
    return Finding(
        "jobs", fine, told, "Wait a minute and ask again; then look into logs/jobs.log in the data folder."
    )


def mail() -> Iterator[Finding]:
    """Links in mails need the portal's address: nobody asks for a page when a job sends one."""
    if not any(os.environ.get(f"STOA_SMTP_URL{end}") for end in ("", "_FILE")):
        return
    public = os.environ.get("STOA_PUBLIC_URL", "")
    told = f"links in mails lead to {public}" if public else "mail is sent, but its links lead nowhere"
    yield Finding(
        "mail", bool(public), told, "Set STOA_PUBLIC_URL to the address that people see.", optional=True
    )


def text_messages() -> Iterator[Finding]:
    """What is said of the gateway must make sense: the first who would notice otherwise waits for a warning."""
    if not any(os.environ.get(f"STOA_SMS_URL{end}") for end in ("", "_FILE")):
        return
    from stoa.commons.notices.sms import JSON_BODY, HttpGateway, wrong_with
    from stoa.site.environment import Environment

    try:
        given = Environment()  # type: ignore[call-arg]
    except (OSError, ValueError) as error:
        yield Finding("text messages", fine=False, told=str(error), do="See docs/how-to/alerts.md.")
        return
    wrong = wrong_with(given.sms_url, given.sms_body or JSON_BODY)
    told = wrong or f"text messages go to {HttpGateway(given.sms_url).host}"
    yield Finding("text messages", not wrong, told, "See docs/how-to/alerts.md.")


def _chromium() -> Finding:
    path = next((found for name in CHROMES if (found := shutil.which(name))), None)
    told = path or "none: browser tests are skipped; the portal does not need it"
    return Finding(
        "Chromium", path is not None, told, "Only for developers: apt install chromium", optional=True
    )
