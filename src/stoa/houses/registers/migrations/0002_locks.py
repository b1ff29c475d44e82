# SPDX-License-Identifier: EUPL-1.2
"""Lock every table of the registers to its city; the history of entries only grows."""

from django.db import migrations

from stoa.commons.cities.locks import append_only, city_lock, same_city


class Migration(migrations.Migration):
    dependencies = [("registers", "0001_initial"), ("people", "0002_locks"), ("files", "0002_locks"), ("cities", "0002_database")]

    operations = [
        city_lock("registers_entry"),
        city_lock("registers_entryversion"),
        city_lock("registers_entrycomment"),
        city_lock("registers_entryimport"),
        city_lock("registers_kindsetting"),
        append_only("registers_entryversion"),
        same_city("registers_entry", "department_id", "people_department"),
        same_city("registers_entryversion", "entry_id", "registers_entry"),
        same_city("registers_entrycomment", "entry_id", "registers_entry"),
        same_city("registers_entryimport", "department_id", "people_department"),
        same_city("registers_entryimport", "file_id", "files_storedfile"),
        same_city("registers_kindsetting", "department_id", "people_department"),
    ]
