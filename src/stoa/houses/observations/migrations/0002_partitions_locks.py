# SPDX-License-Identifier: EUPL-1.2
"""The table of observations, one part a day, and the locks of all tables to their city.

Everything older than the day on which the house was set up (less 45 days) lies in one part, `_late`: a back-fill
of ten years does not make thousands of parts. Parts are made and dropped by two functions that run as the owner
of the tables, because the application may not make tables. A part is locked like the whole: the policy of the
whole does not guard a part that is asked directly.
"""

from django.db import migrations

from stoa.commons.cities.locks import city_lock, same_city

TABLE = """
create table observations_observation (
    city_id bigint not null,
    datastream_id bigint not null,
    at timestamptz not null,
    result_at timestamptz not null default '1000-01-01 00:00:00+00',
    until timestamptz,
    number double precision,
    text text,
    json jsonb,
    quality smallint not null default 2,
    feature_id bigint,
    extra jsonb,
    received_at timestamptz not null,
    revision smallint not null default 0,
    primary key (datastream_id, at, result_at)
) partition by range (at);

create function observations_lock_part(part text) returns void language plpgsql as $$
begin
  execute format('alter table %I enable row level security', part);
  execute format('alter table %I force row level security', part);
  execute format('create policy city_lock on %I using (city_id = app_city()) with check (city_id = app_city())', part);
end $$;

do $$
begin
  execute format('create table observations_observation_late partition of observations_observation '
    'for values from (minvalue) to (%L)', (current_date - 45)::text || ' 00:00:00+00');
  perform observations_lock_part('observations_observation_late');
end $$;

create function observations_make_day(day date) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  part text := 'observations_observation_' || to_char(day, 'YYYYMMDD');
  early timestamptz;
begin
  perform pg_advisory_xact_lock(hashtext('observations_make_day'));
  select (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \\(''([^'']+)'''))[1]::timestamptz into early
    from pg_class c where c.oid = 'observations_observation_late'::regclass;
  if to_regclass(part) is not null or (day + 1) <= (early at time zone 'UTC')::date then
    return false;
  end if;
  execute format('create table %I partition of observations_observation for values from (%L) to (%L)',
    part, day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
  perform observations_lock_part(part);
  return true;
end $$;

create function observations_drop_day(day date) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  part text := 'observations_observation_' || to_char(day, 'YYYYMMDD');
begin
  perform pg_advisory_xact_lock(hashtext('observations_make_day'));
  if to_regclass(part) is null then
    return false;
  end if;
  execute format('drop table %I', part);
  return true;
end $$;

alter table observations_seriesstate set (fillfactor = 60);
"""

UNDO = """
drop function observations_drop_day(date);
drop function observations_make_day(date);
drop table observations_observation;
drop function observations_lock_part(text);
"""

LOCKED = (
    "thing", "location", "thinglocation", "historicallocation", "historicalplace", "sensor", "observedproperty",
    "datastream", "datastreampart", "featureofinterest", "observation", "seriesstate", "seriesbucket", "dirtybucket",
    "quarantined",
)  # fmt: skip

TIES = (
    ("thing", "department_id", "people_department"),
    ("thinglocation", "thing_id", "observations_thing"),
    ("thinglocation", "location_id", "observations_location"),
    ("historicallocation", "thing_id", "observations_thing"),
    ("historicalplace", "historical_location_id", "observations_historicallocation"),
    ("historicalplace", "location_id", "observations_location"),
    ("datastream", "thing_id", "observations_thing"),
    ("datastream", "sensor_id", "observations_sensor"),
    ("datastream", "observed_property_id", "observations_observedproperty"),
    ("datastreampart", "datastream_id", "observations_datastream"),
    ("datastreampart", "observed_property_id", "observations_observedproperty"),
    ("featureofinterest", "made_of_location_id", "observations_location"),
    ("seriesstate", "datastream_id", "observations_datastream"),
    ("quarantined", "datastream_id", "observations_datastream"),
)


class Migration(migrations.Migration):
    dependencies = [("observations", "0001_initial"), ("people", "0002_locks"), ("cities", "0002_database")]

    operations = [
        migrations.RunSQL(TABLE, UNDO),
        *(city_lock(f"observations_{table}") for table in LOCKED),
        *(same_city(f"observations_{table}", column, target) for table, column, target in TIES),
    ]
