# SPDX-License-Identifier: EUPL-1.2
"""Count the changes of each catalogue, so that what was worked out from it can be kept until the next one."""

import django.db.models.deletion
from django.db import migrations, models

from stoa.commons.cities.locks import city_lock

SHOWN = (
    "city_id, state, access, theme, department_id, licence, format, spatial, has_map, rows, is_remote, frequency,"
    " late_at, updated_at, quality, sort_key, title, keywords"
)
"""What the search counts, filters, orders by and corrects words from."""
COUNT = f"""
create function catalogue_count_change() returns trigger language plpgsql as $$
declare
  city bigint := coalesce(new.city_id, old.city_id);
  acting text := coalesce(current_setting('app.city', true), '');
  mark text := pg_current_xact_id()::text || ' ' || city;
begin
  if tg_op = 'UPDATE' and row({SHOWN.replace("city_id", "new.city_id").replace(", ", ", new.")})
      is not distinct from row({SHOWN.replace("city_id", "old.city_id").replace(", ", ", old.")}) then
    return null;
  end if;
  -- Once for each transaction: it may have changed thousands of rows.
  if current_setting('app.catalogue_counted', true) is not distinct from mark then
    return null;
  end if;
  -- At the end of the transaction nobody acts in a city any more.
  perform set_config('app.city', city::text, true);
  insert into catalogue_generation (city_id, number) select id, 1 from cities_city where id = city
    on conflict (city_id) do update set number = catalogue_generation.number + 1;
  perform set_config('app.city', acting, true);
  perform set_config('app.catalogue_counted', mark, true);
  return null;
end $$;
-- Deferred: a publication takes seconds, and until it ends all others would wait for its lock on the number.
create constraint trigger catalogue_count_change after insert or update or delete on catalogue_dataset
  deferrable initially deferred for each row execute function catalogue_count_change();
"""
UNCOUNTED = (
    "drop trigger catalogue_count_change on catalogue_dataset; drop function catalogue_count_change();"
)


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0007_described"),
        ("cities", "0002_database"),
    ]

    operations = [
        migrations.CreateModel(
            name="Generation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "number",
                    models.BigIntegerField(
                        default=0, help_text="Rises with every transaction that changed the catalogue."
                    ),
                ),
                (
                    "city",
                    models.OneToOneField(
                        help_text="The city.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="cities.city",
                    ),
                ),
            ],
            options={
                "verbose_name": "state of the catalogue",
                "verbose_name_plural": "states of catalogues",
            },
        ),
        city_lock("catalogue_generation"),
        migrations.RunSQL(COUNT, UNCOUNTED),
    ]
