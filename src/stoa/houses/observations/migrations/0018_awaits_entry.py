# SPDX-License-Identifier: EUPL-1.2
"""Things that must stand in a register before they measure; whoever knows their series hears when that changes."""

from __future__ import annotations

from django.db import migrations, models

_FUNCTION = """
create or replace function observations_tell_series_of_things() returns trigger language plpgsql as $$
declare
  ids text;
begin
  select case when count(*) > 500 then '*' else string_agg(d.id::text, ',') end into ids
    from observations_datastream d join changed t on t.id = d.thing_id
    join before b on b.id = t.id and ({before}) is distinct from ({now});
  if ids is not null then
    perform pg_notify('stoa_series', ids);
  end if;
  return null;
end $$;
"""
FORWARDS = _FUNCTION.format(
    before="b.department_id, b.access, b.awaits_entry", now="t.department_id, t.access, t.awaits_entry"
)
BACKWARDS = _FUNCTION.format(before="b.department_id, b.access", now="t.department_id, t.access")


class Migration(migrations.Migration):
    dependencies = [("observations", "0017_groups_and_drops")]

    operations = [
        migrations.AddField(
            model_name="thing",
            name="awaits_entry",
            field=models.BooleanField(
                default=False,
                help_text="What it measures is refused until a register has a published entry for it.",
            ),
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
