# SPDX-License-Identifier: EUPL-1.2
"""What the one way of writing needs: the lock between writers and the counter, parts made ahead, news of changed
series, and the rights of the role that writes by COPY.

Writers hold the lock shared while they write; the counter holds it alone for the instant in which it takes hours,
and raises the epoch then.
"""

from django.db import migrations

from stoa.houses.observations.terms import WRITING_LOCK


ENTER = f"""
create sequence observations_epoch;
select nextval('observations_epoch');

create function observations_enter() returns bigint
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  epoch bigint;
begin
  perform pg_advisory_xact_lock_shared({WRITING_LOCK});
  select last_value into epoch from observations_epoch;
  return epoch;
end $$;

create function observations_take_alone() returns bigint
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform pg_advisory_xact_lock({WRITING_LOCK});
  return nextval('observations_epoch');
end $$;

create function observations_make_days(days date[]) returns integer
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  day date;
  made integer := 0;
begin
  foreach day in array days loop
    if to_regclass('observations_observation_' || to_char(day, 'YYYYMMDD')) is null
        and observations_needs_day(day) and observations_make_day(day) then
      made := made + 1;
    end if;
  end loop;
  return made;
end $$;

create function observations_needs_day(day date) returns boolean
  language sql stable set search_path = public, pg_temp as $$
  select (day + 1) > ((regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \\(''([^'']+)'''))[1]::timestamptz
    at time zone 'UTC')::date
  from pg_class c where c.oid = 'observations_observation_late'::regclass
$$;

alter table observations_seriesstate set
  (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.5);
alter table observations_dirtybucket set (autovacuum_vacuum_scale_factor = 0.05);
"""

LEAVE = """
drop function observations_needs_day(date);
drop function observations_make_days(date[]);
drop function observations_take_alone();
drop function observations_enter();
drop sequence observations_epoch;
"""

TELL = """
create function observations_tell_series() returns trigger language plpgsql as $$
declare
  ids text;
begin
  select case when count(*) > 500 then '*' else string_agg(id::text, ',') end into ids from changed;
  if ids is not null then
    perform pg_notify('stoa_series', ids);
  end if;
  return null;
end $$;

create function observations_tell_series_of_things() returns trigger language plpgsql as $$
declare
  ids text;
begin
  select case when count(*) > 500 then '*' else string_agg(d.id::text, ',') end into ids
    from observations_datastream d join changed t on t.id = d.thing_id
    join before b on b.id = t.id and (b.department_id, b.access) is distinct from (t.department_id, t.access);
  if ids is not null then
    perform pg_notify('stoa_series', ids);
  end if;
  return null;
end $$;

create trigger tell_added after insert on observations_datastream referencing new table as changed
  for each statement execute function observations_tell_series();
create trigger tell_changed after update on observations_datastream referencing new table as changed
  for each statement execute function observations_tell_series();
create trigger tell_removed after delete on observations_datastream referencing old table as changed
  for each statement execute function observations_tell_series();
create trigger tell_changed after update on observations_thing referencing new table as changed old table as before
  for each statement execute function observations_tell_series_of_things();
"""

SILENT = """
drop trigger tell_changed on observations_thing;
drop trigger tell_removed on observations_datastream;
drop trigger tell_changed on observations_datastream;
drop trigger tell_added on observations_datastream;
drop function observations_tell_series_of_things();
drop function observations_tell_series();
"""

RIGHTS = """
create function observations_let_in(role name) returns void language plpgsql as $$
begin
  execute format('grant usage on schema public to %I', role);
  execute format('grant select on cities_city, people_apitoken, people_department, observations_thing, '
    'observations_datastream, observations_observedproperty, observations_seriesbucket to %I', role);
  execute format('grant select, insert, update on observations_observation, observations_seriesstate, '
    'observations_quarantined to %I', role);
  execute format('grant select, insert on observations_dirtybucket to %I', role);
  execute format('grant usage on sequence observations_quarantined_id_seq to %I', role);
end $$;

do $$
begin
  if exists (select from pg_roles where rolname = 'stoa_ingest') then
    perform observations_let_in('stoa_ingest');
  end if;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("observations", "0003_history"), ("people", "0003_attempts")]

    operations = [
        migrations.RunSQL(ENTER, LEAVE),
        migrations.RunSQL(TELL, SILENT),
        migrations.RunSQL(RIGHTS, "drop function observations_let_in(name)"),
    ]
