# SPDX-License-Identifier: EUPL-1.2
"""Lock files to their city."""

from django.db import migrations

from stoa.commons.cities.locks import city_lock


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial"), ("cities", "0002_database")]

    operations = [
        city_lock("files_storedfile"),
    ]
