# SPDX-License-Identifier: EUPL-1.2
"""Migration operations that lock a table to the city acted in, and tie rows of one city together."""

from __future__ import annotations

from django.db.migrations.operations import RunSQL


def city_lock(table: str) -> RunSQL:
    """Row-level security: only rows whose `city_id` is the city acted in can be seen or written, by the owner too."""
    return RunSQL(
        f"""
        alter table {table} enable row level security;
        alter table {table} force row level security;
        create policy city_lock on {table} using (city_id = app_city()) with check (city_id = app_city());
        """,
        f"""
        drop policy city_lock on {table};
        alter table {table} no force row level security;
        alter table {table} disable row level security;
        """,
    )


def append_only(table: str) -> RunSQL:
    """Rows can be added and read, never changed or taken away, whatever the code says."""
    return RunSQL(
        f"create trigger append_only before update or delete on {table} for each row execute function app_append_only();",
        f"drop trigger append_only on {table};",
    )


def same_city(table: str, column: str, target: str) -> RunSQL:
    """A second foreign key over (city_id, id): the check of the first one passes by row-level security."""
    name = f"{table}_{column}_city"
    return RunSQL(
        f"""
        do $$ begin
          if not exists (select from pg_constraint where conname = '{target}_city_pk') then
            alter table {target} add constraint {target}_city_pk unique (city_id, id);
          end if;
        end $$;
        alter table {table} add constraint {name} foreign key (city_id, {column}) references {target} (city_id, id)
          deferrable initially deferred;
        """,
        f"alter table {table} drop constraint {name};",
    )
