# SPDX-License-Identifier: EUPL-1.2
"""The database says which things, places, series ... are new or changed, so that subscribers hear of them."""

from __future__ import annotations

from django.db import migrations

KINDS = {
    "thing": "observations_thing",
    "location": "observations_location",
    "historical_location": "observations_historicallocation",
    "sensor": "observations_sensor",
    "observed_property": "observations_observedproperty",
    "datastream": "observations_datastream",
    "feature_of_interest": "observations_featureofinterest",
}

TELL = """
create function observations_tell_entities() returns trigger language plpgsql as $$
declare
  told text;
begin
  for told in
    select json_build_object('c', city_id, 'k', tg_argv[0],
      'i', case when count(*) > 300 then '[]'::json else json_agg(id) end)::text
    from changed group by city_id
  loop
    perform pg_notify('stoa_entities', told);
  end loop;
  return null;
end $$;
"""


def _triggers(kind: str, table: str) -> str:
    return "\n".join(
        f"create trigger tell_entity_{name} after {deed} on {table} referencing new table as changed"
        f" for each statement execute function observations_tell_entities('{kind}');"
        for name, deed in (("added", "insert"), ("changed", "update"))
    )


def _drops(table: str) -> str:
    return f"drop trigger tell_entity_changed on {table}; drop trigger tell_entity_added on {table};"


class Migration(migrations.Migration):
    dependencies = [("observations", "0015_telling")]

    operations = [
        migrations.RunSQL(TELL, "drop function observations_tell_entities();"),
        *(migrations.RunSQL(_triggers(kind, table), _drops(table)) for kind, table in KINDS.items()),
    ]
