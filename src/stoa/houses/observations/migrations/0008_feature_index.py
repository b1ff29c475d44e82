# SPDX-License-Identifier: EUPL-1.2
"""The observations of a feature of interest are found without reading all; those of the thing itself cost nothing."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("observations", "0007_replay")]

    operations = [
        migrations.RunSQL(
            "create index observation_by_feature on observations_observation (feature_id, datastream_id, at)"
            " where feature_id is not null",
            "drop index observation_by_feature",
        )
    ]
