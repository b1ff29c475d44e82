# SPDX-License-Identifier: EUPL-1.2

import django.db.models.deletion
from django.db import migrations, models

from stoa.commons.cities.locks import city_lock, same_city


class Migration(migrations.Migration):
    dependencies = [
        ("cities", "0002_database"),
        ("observations", "0012_alerts"),
    ]

    operations = [
        migrations.CreateModel(
            name="FeatureSeries",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "city",
                    models.ForeignKey(
                        help_text="The city.", on_delete=django.db.models.deletion.CASCADE, to="cities.city"
                    ),
                ),
                (
                    "datastream",
                    models.ForeignKey(
                        help_text="The series.",
                        on_delete=django.db.models.deletion.CASCADE,
                        to="observations.datastream",
                    ),
                ),
                (
                    "feature",
                    models.ForeignKey(
                        help_text="What they speak of.",
                        on_delete=django.db.models.deletion.CASCADE,
                        to="observations.featureofinterest",
                    ),
                ),
            ],
            options={
                "verbose_name": "feature of old observations",
                "verbose_name_plural": "features of old observations",
                "constraints": [
                    models.UniqueConstraint(fields=("feature", "datastream"), name="feature_series_once")
                ],
            },
        ),
        city_lock("observations_featureseries"),
        same_city("observations_featureseries", "feature_id", "observations_featureofinterest"),
        same_city("observations_featureseries", "datastream_id", "observations_datastream"),
    ]
