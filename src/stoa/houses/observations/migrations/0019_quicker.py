# SPDX-License-Identifier: EUPL-1.2
"""Lists of places by name go by an index; a page of states has room for a new version of every row on it.

A batch of a gateway changes all rows of a page at once. Where all of their new versions find room beside the old ones,
no index is touched and nothing is left to sweep.
"""

import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("observations", "0018_awaits_entry")]

    operations = [
        migrations.RunSQL(
            "alter table observations_seriesstate set (fillfactor = 45)",
            "alter table observations_seriesstate set (fillfactor = 60)",
        ),
        migrations.AddIndex(
            model_name="thing",
            index=models.Index(
                models.F("city"),
                django.db.models.functions.comparison.Collate("name", "C"),
                name="thing_by_name",
            ),
        ),
    ]
