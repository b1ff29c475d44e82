# SPDX-License-Identifier: EUPL-1.2
"""The roles of the packaged PostgreSQL and what each may do, as SQL.

`stoa_super` (the launcher only) > `stoa_owner` (tables, may create databases, bound by row-level security)
> `stoa_app` (select, insert, update, delete; no TRUNCATE, which would ignore row-level security).
`stoa_ingest` writes observations only: row-level security refuses COPY, so it passes by, and has rights on
nothing but the tables that a migration of the observations names.
"""

from __future__ import annotations

SUPER, OWNER, APP, INGEST = "stoa_super", "stoa_owner", "stoa_app", "stoa_ingest"
DATABASE = "stoa"
EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent")

LEAKPROOF = (
    # Under a row-level security policy only leakproof functions reach an index (GiST on box, full text,
    # trigram ILIKE, jsonb @>): hundreds of times slower otherwise. None of the four can raise an error that
    # tells a value, which is what the mark promises.
    "box_overlap(box, box)",
    "ts_match_vq(tsvector, tsquery)",
    "texticlike(text, text)",
    "jsonb_contains(jsonb, jsonb)",
)


def literal(text: str) -> str:
    """A string literal of SQL.

    >>> literal("it's")
    "'it''s'"
    """
    if "\\" in text or "\0" in text:
        raise ValueError("backslash or NUL in a literal")
    return "'" + text.replace("'", "''") + "'"


def roles_sql(owner_password: str, app_password: str, ingest_password: str) -> str:
    """Make the roles, or set their passwords anew."""
    lines = []
    for role, password, rights in (
        (OWNER, owner_password, "CREATEDB NOSUPERUSER NOBYPASSRLS NOCREATEROLE"),
        (APP, app_password, "NOCREATEDB NOSUPERUSER NOBYPASSRLS NOCREATEROLE"),
        (INGEST, ingest_password, "NOCREATEDB NOSUPERUSER BYPASSRLS NOCREATEROLE"),
    ):
        lines.append(
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {literal(role)}) "
            f"THEN CREATE ROLE {role}; END IF; END $$;"
        )
        lines.append(f"ALTER ROLE {role} LOGIN {rights} PASSWORD {literal(password)};")
    # The owner may act as the application (`SET LOCAL ROLE`): tests see what it sees.
    lines.append(f"GRANT {APP} TO {OWNER};")
    return "\n".join(lines)


def database_sql() -> str:
    """What every database needs: run in template1 (for new ones) and in ours. May be run again."""
    lines = [f"CREATE EXTENSION IF NOT EXISTS {name};" for name in EXTENSIONS]
    lines += [f"ALTER FUNCTION {function} LEAKPROOF;" for function in LEAKPROOF]
    lines += [
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC;",
        f"GRANT USAGE ON SCHEMA public TO {APP};",
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP};",
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT USAGE, SELECT ON SEQUENCES TO {APP};",
    ]
    return "\n".join(lines)
