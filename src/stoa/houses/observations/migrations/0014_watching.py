# SPDX-License-Identifier: EUPL-1.2
"""How rules learn of new values: a line for each batch that holds some of a watched series, written with the
values; at its commit it asks for one job that looks, unless one is waiting already.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from stoa.commons.cities.locks import city_lock

WAKE = """
create function observations_wake_rules() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  job text := 'observations.watch-' || new.city_id;
begin
  if exists (select from procrastinate_jobs where queueing_lock = job and status = 'todo') then
    return null;
  end if;
  perform procrastinate_defer_jobs_v1(array[row('default', 'observations.watch', 10, null, job,
    jsonb_build_object('city_id', new.city_id), null)::procrastinate_job_to_defer_v1]);
  return null;
exception when unique_violation then
  return null;
end $$;

create constraint trigger wake_rules after insert on observations_watchnews deferrable initially deferred
  for each row execute function observations_wake_rules();

create function observations_raise_epoch() returns bigint
  language sql security definer set search_path = public, pg_temp as $$
  select nextval('observations_epoch')
$$;
"""

SLEEP = """
drop function observations_raise_epoch();
drop trigger wake_rules on observations_watchnews;
drop function observations_wake_rules();
"""

RIGHTS = """
create function observations_let_in_rules(role name) returns void language plpgsql as $$
begin
  execute format('grant select on observations_rule, observations_ruleseries to %I', role);
  execute format('grant insert on observations_watchnews to %I', role);
  execute format('grant usage on sequence observations_watchnews_id_seq to %I', role);
end $$;

do $$
begin
  if exists (select from pg_roles where rolname = 'stoa_ingest') then
    perform observations_let_in_rules('stoa_ingest');
  end if;
end $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('cities', '0002_database'),
        ('observations', '0013_feature_series'),
    ]

    operations = [
        migrations.AddField(
            model_name='ruleseries',
            name='late_since',
            field=models.DateTimeField(help_text='From when on older values came that it has not flagged yet; empty: there are none.', null=True),
        ),
        migrations.CreateModel(
            name='WatchNews',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('series', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), help_text='Numbers of the series.', size=None)),
                ('since', django.contrib.postgres.fields.ArrayField(base_field=models.DateTimeField(), help_text='Phenomenon time of the oldest value of each, in the same order.', size=None)),
                ('city', models.ForeignKey(db_constraint=False, db_index=False, help_text='The city.', on_delete=django.db.models.deletion.CASCADE, to='cities.city')),
            ],
            options={
                'verbose_name': 'news for rules',
                'verbose_name_plural': 'news for rules',
                'indexes': [models.Index(fields=['city', 'id'], name='watch_news_order')],
            },
        ),
        city_lock("observations_watchnews"),
        migrations.RunSQL(WAKE, SLEEP),
        migrations.RunSQL(RIGHTS, "drop function observations_let_in_rules(name)"),
    ]
