# SPDX-License-Identifier: EUPL-1.2
"""Lock messages to their city."""

from django.db import migrations

from stoa.commons.cities.locks import city_lock


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_initial"), ("cities", "0002_database")]

    operations = [
        city_lock("notices_notice"),
    ]
