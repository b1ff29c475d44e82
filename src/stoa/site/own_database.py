# SPDX-License-Identifier: EUPL-1.2
"""Fill a database on the operator's own server from the dump of a backup, in one transaction.

PostgreSQL's own tool writes the script, but does not run it: it would set what servers before 17 do not know, and
give rights to roles by the names that they had where the backup was made.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from stoa.site import postgres_roles as roles
from stoa.site.home import HomeTrouble

LEAST = 16
PIECE_BYTES = 1 << 18
NOT_FOR_SERVERS = (b"\\restrict ", b"\\unrestrict ", b"SET transaction_timeout ")
SEE = "See docs/how-to/own-postgresql.md."
LET_IN = ("observations_let_in", "observations_let_in_rules")


@dataclass(frozen=True, slots=True)
class OwnServer:
    """The operator's database: as whom the tables are made, and who is to use them."""

    owner_url: str
    app: str = ""
    """Empty: the owner itself."""
    ingest: str = ""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> OwnServer | None:
        """The server in DATABASE_URL; None when there is none and Stoa's own PostgreSQL is used."""
        app_url = environ.get("DATABASE_URL")
        if not app_url:
            return None
        owner_url = environ.get("STOA_OWNER_DATABASE_URL") or app_url
        owner = _role(owner_url)
        others = [_role(url) for url in (app_url, environ.get("STOA_INGEST_DATABASE_URL") or "")]
        app, ingest = ("" if name == owner else name for name in others)
        return cls(owner_url, app, ingest)

    def check(self, dump: Path, programs: Path) -> None:
        """HomeTrouble says what is in the way, before anything is changed."""
        with closing(_connected(self.owner_url)) as connection:
            here = connection.info.server_version // 10_000
            if here < LEAST:
                raise HomeTrouble(
                    f"The server in DATABASE_URL is PostgreSQL {here}; Stoa needs {LEAST} or newer. {SEE}"
                )
            made = _made_by(dump, programs)
            if made > here:
                raise HomeTrouble(
                    f"The backup comes from PostgreSQL {made}, and the server in DATABASE_URL is {here}: an older server "
                    f"cannot take it. Restore it into PostgreSQL {made} or newer, or without DATABASE_URL into Stoa's own."
                )
            self._check_place(connection)

    def _check_place(self, connection: psycopg.Connection) -> None:
        found = connection.execute(
            "select count(*) from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')"
        ).fetchone()
        if found and found[0]:
            raise HomeTrouble(
                f"The database in DATABASE_URL is not empty: it has {found[0]} tables. Make a new one: a backup is "
                f"restored into an empty database only, so that nothing is overwritten. {SEE}"
            )
        lacks = [name for name, sees in self._needs(connection) if not sees]
        if lacks:
            raise HomeTrouble(f"The database in DATABASE_URL is not prepared: {'; '.join(lacks)}. {SEE}")

    def _needs(self, connection: psycopg.Connection) -> list[tuple[str, bool]]:
        """What must be there, in words, and whether it is."""

        def yes(question: str, *values: str) -> bool:
            return bool((connection.execute(question, values).fetchone() or [False])[0])

        missing = [
            name
            for name in roles.EXTENSIONS
            if not yes("select exists (select from pg_extension where extname = %s)", name)
        ]
        may = yes("select has_database_privilege(current_database(), 'CREATE')")
        needs = [
            (
                "the owner may not make tables in the schema public",
                yes("select has_schema_privilege('public', 'CREATE')"),
            ),
            (
                f"the extensions {', '.join(missing)} are missing, and the owner may not add them",
                may or not missing,
            ),
        ]
        needs += [
            (f"there is no role {name}", yes("select exists (select from pg_roles where rolname = %s)", name))
            for name in (self.app, self.ingest)
            if name
        ]
        return needs

    def fill(self, dump: Path, programs: Path) -> None:
        """Everything or nothing: a wrong line undoes all that came before."""
        command = [
            str(programs / "pg_restore"),
            "--no-owner",
            "--no-privileges",
            "--no-comments",
            "--file=-",
            str(dump),
        ]
        with (
            closing(_connected(self.owner_url)) as connection,
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as script,
        ):
            assert script.stdout is not None
            assert script.stderr is not None
            try:
                with connection.transaction():
                    run_script(script.stdout, connection)
                    if script.wait():
                        raise HomeTrouble(f"The dump cannot be read: {script.stderr.read().decode()[-800:]}")
                    self._give_rights(connection)
            except psycopg.Error as error:
                script.kill()
                raise HomeTrouble(
                    f"The database could not be restored, nothing was changed in it: {error}. {SEE}"
                ) from None

    def _give_rights(self, connection: psycopg.Connection) -> None:
        """What `ALTER DEFAULT PRIVILEGES` would have given, whether or not it was said to this database."""
        connection.execute("reset search_path")
        if self.app:
            to = sql.Identifier(self.app)
            for right in (
                "grant usage on schema public to {}",
                "grant select, insert, update, delete on all tables in schema public to {}",
                "grant usage, select on all sequences in schema public to {}",
                "alter default privileges grant select, insert, update, delete on tables to {}",
                "alter default privileges grant usage, select on sequences to {}",
            ):
                connection.execute(sql.SQL(right).format(to))
        if self.ingest:
            for name in LET_IN:
                connection.execute(sql.SQL("select {}(%s)").format(sql.Identifier(name)), [self.ingest])


def run_script(lines: IO[bytes], connection: psycopg.Connection) -> None:
    """Run what `pg_restore --file=-` wrote: statements as they stand, and the rows between `COPY` and `\\.`."""
    text: list[bytes] = []
    for line in lines:
        if line.startswith(NOT_FOR_SERVERS):
            continue
        if not (line.startswith(b"COPY ") and line.endswith(b" FROM stdin;\n")):
            text.append(line)
            continue
        connection.execute(b"".join(text))
        text = []
        with connection.cursor() as cursor, cursor.copy(line.rstrip(b";\n")) as copy:
            _rows_to(copy.write, lines)
    connection.execute(b"".join(text))


def _rows_to(write: Callable[[bytes], None], lines: IO[bytes]) -> None:
    """The rows up to the mark of their end, in larger pieces."""
    piece, size = [], 0
    for line in lines:
        if line == b"\\.\n":
            break
        piece.append(line)
        size += len(line)
        if size >= PIECE_BYTES:
            write(b"".join(piece))
            piece, size = [], 0
    write(b"".join(piece))


def _made_by(dump: Path, programs: Path) -> int:
    """The main version of the server that the dump was made from."""
    listed = subprocess.run(
        [str(programs / "pg_restore"), "--list", str(dump)], capture_output=True, text=True, check=False
    )
    found = re.search(r"Dumped from database version: (\d+)", listed.stdout)
    if found is None:
        raise HomeTrouble(f"The dump of the backup cannot be read: {listed.stderr.strip()[-400:]}")
    return int(found[1])


def _role(url: str) -> str:
    try:
        return str(conninfo_to_dict(url).get("user") or "") if url else ""
    except psycopg.ProgrammingError:
        raise HomeTrouble(f"The address of the database cannot be read: see DATABASE_URL. {SEE}") from None


def _connected(url: str) -> psycopg.Connection:
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=20)
    except psycopg.Error as error:
        raise HomeTrouble(f"The database in DATABASE_URL does not answer: {error}") from None
