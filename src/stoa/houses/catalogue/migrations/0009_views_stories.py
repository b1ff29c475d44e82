# SPDX-License-Identifier: EUPL-1.2
"""Questions kept as datasets, what they are made from, and stories; each locked to its city."""

import django.db.models.deletion
from django.db import migrations, models

from stoa.commons.cities.locks import city_lock, same_city


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0008_generation"),
        ("cities", "0002_database"),
        ("people", "0002_locks"),
    ]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="origin",
            field=models.CharField(
                choices=[
                    ("upload", "upload"),
                    ("url", "url"),
                    ("folder", "folder"),
                    ("command", "command"),
                    ("view", "view"),
                ],
                help_text="How it came.",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="SavedQuery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "statement",
                    models.TextField(
                        help_text="One SELECT over published datasets.", verbose_name="question"
                    ),
                ),
                ("asked_at", models.DateTimeField(help_text="When it was last answered.", null=True)),
                (
                    "problem",
                    models.JSONField(
                        blank=True, help_text="Why it could not be answered the last time.", null=True
                    ),
                ),
                ("failures", models.PositiveIntegerField(default=0, help_text="Failed answers in a row.")),
                (
                    "city",
                    models.ForeignKey(
                        help_text="The city.", on_delete=django.db.models.deletion.CASCADE, to="cities.city"
                    ),
                ),
                (
                    "dataset",
                    models.OneToOneField(
                        help_text="The answer.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_query",
                        to="catalogue.dataset",
                    ),
                ),
            ],
            options={
                "verbose_name": "saved question",
                "verbose_name_plural": "saved questions",
            },
        ),
        migrations.CreateModel(
            name="Lineage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(help_text="How the question calls the source.", max_length=120)),
                (
                    "city",
                    models.ForeignKey(
                        help_text="The city.", on_delete=django.db.models.deletion.CASCADE, to="cities.city"
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        help_text="What is made.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="made_from",
                        to="catalogue.dataset",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        help_text="What it is made from.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="used_by",
                        to="catalogue.dataset",
                    ),
                ),
            ],
            options={
                "verbose_name": "lineage",
                "verbose_name_plural": "lineages",
                "constraints": [
                    models.UniqueConstraint(fields=("dataset", "name"), name="lineage_name_once"),
                    models.CheckConstraint(
                        condition=models.Q(("dataset", models.F("source")), _negated=True),
                        name="lineage_not_from_itself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Story",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="Part of the address: /stories/short-name.",
                        max_length=80,
                        verbose_name="short name",
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        help_text="What the story says, in one line.", max_length=200, verbose_name="title"
                    ),
                ),
                (
                    "lead",
                    models.CharField(
                        blank=True,
                        help_text="One or two sentences for lists of stories.",
                        max_length=400,
                        verbose_name="lead",
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        blank=True,
                        help_text="Markdown; charts, maps and tables stand in blocks.",
                        verbose_name="text",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "draft"), ("published", "published")],
                        default="draft",
                        help_text="Whether everybody can read it.",
                        max_length=10,
                    ),
                ),
                ("by_name", models.CharField(blank=True, help_text="Who wrote it.", max_length=200)),
                ("created_at", models.DateTimeField(auto_now_add=True, help_text="When it was begun.")),
                ("updated_at", models.DateTimeField(auto_now=True, help_text="When it was last changed.")),
                (
                    "published_at",
                    models.DateTimeField(blank=True, help_text="When it was first published.", null=True),
                ),
                (
                    "city",
                    models.ForeignKey(
                        help_text="The city.", on_delete=django.db.models.deletion.CASCADE, to="cities.city"
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        help_text="Who answers for it.",
                        on_delete=django.db.models.deletion.PROTECT,
                        to="people.department",
                    ),
                ),
            ],
            options={
                "verbose_name": "story",
                "verbose_name_plural": "stories",
                "indexes": [models.Index(fields=["city", "state", "-published_at"], name="story_newest")],
                "constraints": [
                    models.UniqueConstraint(fields=("city", "slug"), name="story_slug_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "published"), _negated=True),
                            ("published_at__isnull", False),
                            _connector="OR",
                        ),
                        name="story_published_at_set",
                    ),
                ],
            },
        ),
        *(city_lock(f"catalogue_{table}") for table in ("savedquery", "lineage", "story")),
        same_city("catalogue_savedquery", "dataset_id", "catalogue_dataset"),
        same_city("catalogue_lineage", "dataset_id", "catalogue_dataset"),
        same_city("catalogue_lineage", "source_id", "catalogue_dataset"),
        same_city("catalogue_story", "department_id", "people_department"),
    ]
