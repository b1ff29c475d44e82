# SPDX-License-Identifier: EUPL-1.2
"""What every later table relies on: extensions, the city acted in, append-only tables, languages of the search.

`app_city()` is null outside `acting_in`, so a locked table is then empty. The text search configurations fold
accents before they stem, so that `averia` finds `averías` and `strasse` finds `Straße`.
"""

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations

STEMMERS = (
    "danish dutch english estonian finnish french german hungarian italian lithuanian norwegian portuguese"
    " romanian spanish swedish"
).split()


def _search_languages() -> str:
    statements = [
        "create text search configuration stoa_simple (copy = simple);"
        "alter text search configuration stoa_simple alter mapping for hword, hword_part, word with unaccent, simple;"
    ]
    # A server of one's own may not know them all (Estonian came with PostgreSQL 18): those words are found as written.
    statements += [
        f"""
        do $$ begin
          if exists (select from pg_ts_config where cfgname = '{name}' and cfgnamespace = 'pg_catalog'::regnamespace) then
            create text search configuration stoa_{name} (copy = {name});
            alter text search configuration stoa_{name}
              alter mapping for hword, hword_part, word with unaccent, {name}_stem;
          else
            create text search configuration stoa_{name} (copy = stoa_simple);
          end if;
        end $$;"""
        for name in STEMMERS
    ]
    return "\n".join(statements)


class Migration(migrations.Migration):
    dependencies = [("cities", "0001_initial")]

    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        BtreeGistExtension(),
        migrations.RunSQL(
            """
            create function app_city() returns bigint language sql stable parallel safe
              as $$ select nullif(current_setting('app.city', true), '')::bigint $$;
            create function app_append_only() returns trigger language plpgsql
              as $$ begin raise exception 'rows of % are never changed or removed', tg_table_name; end $$;
            """,
            "drop function app_append_only(); drop function app_city();",
        ),
        migrations.RunSQL(
            _search_languages(),
            "".join(f"drop text search configuration stoa_{name};" for name in (*STEMMERS, "simple")),
        ),
    ]
