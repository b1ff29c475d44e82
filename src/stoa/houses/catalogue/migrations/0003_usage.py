# SPDX-License-Identifier: EUPL-1.2
"""Uses by day, locked to their city."""

import django.db.models.deletion
from django.db import migrations, models

from stoa.commons.cities.locks import city_lock, same_city


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0002_locks"),
        ("cities", "0002_database"),
    ]

    operations = [
        migrations.CreateModel(
            name="UsageDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(help_text="The day in the city's time zone.")),
                ("gate", models.CharField(help_text="The interface it was used through.", max_length=30)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("page", "page"),
                            ("download", "download"),
                            ("api", "api"),
                            ("tile", "tile"),
                            ("sql", "sql"),
                        ],
                        help_text="Page, file, API call, map tile, SQL.",
                        max_length=10,
                    ),
                ),
                (
                    "program",
                    models.BooleanField(help_text="Asked by a program, not by a person with a browser."),
                ),
                ("uses", models.BigIntegerField(default=0, help_text="How often.")),
                ("rows", models.BigIntegerField(default=0, help_text="How many rows were handed out.")),
                (
                    "city",
                    models.ForeignKey(
                        help_text="The city.", on_delete=django.db.models.deletion.CASCADE, to="cities.city"
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        blank=True,
                        help_text="The dataset; empty: the catalogue as a whole.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="usage",
                        to="catalogue.dataset",
                    ),
                ),
            ],
            options={
                "verbose_name": "uses of a day",
                "verbose_name_plural": "uses by day",
                "indexes": [models.Index(fields=["city", "day"], name="usage_by_day")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("city", "dataset", "day", "gate", "kind", "program"),
                        name="usage_day_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rows__gte", 0), ("uses__gte", 0)), name="usage_counts_right"
                    ),
                ],
            },
        ),
        city_lock("catalogue_usageday"),
        same_city("catalogue_usageday", "dataset_id", "catalogue_dataset"),
    ]
