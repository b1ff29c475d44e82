# SPDX-License-Identifier: EUPL-1.2
"""Other catalogues that flow in: sources, runs, what came from where, files elsewhere."""

import django.db.models.deletion
from django.db import migrations, models

import stoa.houses.catalogue.terms
from stoa.commons.cities.locks import city_lock, same_city


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0003_usage"),
        ("cities", "0002_database"),
        ("people", "0002_locks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Harvested",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("remote_id", models.CharField(help_text="How that catalogue names it.", max_length=500)),
                (
                    "remote_uri",
                    models.CharField(
                        blank=True, help_text="Its own web name, if it has one.", max_length=600
                    ),
                ),
                (
                    "landing_page",
                    models.CharField(blank=True, help_text="Its page for people.", max_length=600),
                ),
                (
                    "publisher",
                    models.CharField(blank=True, help_text="Who published it first.", max_length=300),
                ),
                (
                    "remote_modified",
                    models.DateTimeField(
                        help_text="When it last changed, as that catalogue says.", null=True
                    ),
                ),
                (
                    "content_hash",
                    models.CharField(help_text="To know it again: hash of all that was said.", max_length=64),
                ),
                ("seen_in", models.BigIntegerField(help_text="Number of the run that saw it last.")),
                ("seen_at", models.DateTimeField(help_text="When it was seen last.")),
                (
                    "first_seen_at",
                    models.DateTimeField(auto_now_add=True, help_text="When it was seen first."),
                ),
            ],
            options={
                "verbose_name": "harvested dataset",
                "verbose_name_plural": "harvested datasets",
            },
        ),
        migrations.CreateModel(
            name="HarvestRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            (
                                stoa.houses.catalogue.terms.RunState["RUNNING"],
                                stoa.houses.catalogue.terms.RunState["RUNNING"],
                            ),
                            (
                                stoa.houses.catalogue.terms.RunState["DONE"],
                                stoa.houses.catalogue.terms.RunState["DONE"],
                            ),
                            (
                                stoa.houses.catalogue.terms.RunState["HELD"],
                                stoa.houses.catalogue.terms.RunState["HELD"],
                            ),
                            (
                                stoa.houses.catalogue.terms.RunState["BROKEN"],
                                stoa.houses.catalogue.terms.RunState["BROKEN"],
                            ),
                        ],
                        default=stoa.houses.catalogue.terms.RunState["RUNNING"],
                        help_text="What became of it.",
                        max_length=10,
                    ),
                ),
                ("started_at", models.DateTimeField(auto_now_add=True, help_text="When it began.")),
                ("ended_at", models.DateTimeField(help_text="When it ended.", null=True)),
                ("place", models.JSONField(default=dict, help_text="Where to go on after an interruption.")),
                ("pages", models.PositiveIntegerField(default=0, help_text="Pages read.")),
                ("bytes", models.BigIntegerField(default=0, help_text="Bytes read.")),
                ("found", models.PositiveIntegerField(default=0, help_text="Datasets in that catalogue.")),
                ("new", models.PositiveIntegerField(default=0, help_text="Seen for the first time.")),
                (
                    "changed",
                    models.PositiveIntegerField(default=0, help_text="Known, and different from last time."),
                ),
                ("same", models.PositiveIntegerField(default=0, help_text="Known, and the same.")),
                ("gone", models.PositiveIntegerField(default=0, help_text="Known, and not there any more.")),
                (
                    "refused",
                    models.PositiveIntegerField(default=0, help_text="Not taken; the notes say why."),
                ),
                (
                    "duplicates",
                    models.PositiveIntegerField(
                        default=0, help_text="Known already from another catalogue or of our own."
                    ),
                ),
                (
                    "notes",
                    models.JSONField(
                        default=list,
                        help_text="What could not be read or was left out: remote id and sentence.",
                    ),
                ),
                ("problem", models.JSONField(help_text="Why it ended early.", null=True)),
            ],
            options={
                "verbose_name": "harvest run",
                "verbose_name_plural": "harvest runs",
            },
        ),
        migrations.CreateModel(
            name="HarvestSource",
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
                        help_text="Part of the address at the desk.", max_length=80, verbose_name="short name"
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        help_text="What people call that catalogue.", max_length=200, verbose_name="name"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            (
                                stoa.houses.catalogue.terms.HarvestKind["CKAN"],
                                stoa.houses.catalogue.terms.HarvestKind["CKAN"],
                            ),
                            (
                                stoa.houses.catalogue.terms.HarvestKind["DCAT"],
                                stoa.houses.catalogue.terms.HarvestKind["DCAT"],
                            ),
                            (
                                stoa.houses.catalogue.terms.HarvestKind["DATA_JSON"],
                                stoa.houses.catalogue.terms.HarvestKind["DATA_JSON"],
                            ),
                            (
                                stoa.houses.catalogue.terms.HarvestKind["OGC_FEATURES"],
                                stoa.houses.catalogue.terms.HarvestKind["OGC_FEATURES"],
                            ),
                            (
                                stoa.houses.catalogue.terms.HarvestKind["OGC_RECORDS"],
                                stoa.houses.catalogue.terms.HarvestKind["OGC_RECORDS"],
                            ),
                            (
                                stoa.houses.catalogue.terms.HarvestKind["WFS"],
                                stoa.houses.catalogue.terms.HarvestKind["WFS"],
                            ),
                            (
                                stoa.houses.catalogue.terms.HarvestKind["ARCGIS"],
                                stoa.houses.catalogue.terms.HarvestKind["ARCGIS"],
                            ),
                            (
                                stoa.houses.catalogue.terms.HarvestKind["STOA"],
                                stoa.houses.catalogue.terms.HarvestKind["STOA"],
                            ),
                            (
                                stoa.houses.catalogue.terms.HarvestKind["FILES"],
                                stoa.houses.catalogue.terms.HarvestKind["FILES"],
                            ),
                        ],
                        help_text="Which language that catalogue speaks.",
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "url",
                    models.CharField(
                        help_text="Where that catalogue answers, without any password.",
                        max_length=2000,
                        verbose_name="address",
                    ),
                ),
                (
                    "mapping",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="Departments by publisher, licences and themes by the words of that catalogue.",
                    ),
                ),
                (
                    "mirrors",
                    models.BooleanField(
                        default=False,
                        help_text="The best file of every dataset is brought in too, so that it can be asked like our own.",
                        verbose_name="copies the data",
                    ),
                ),
                (
                    "token_name",
                    models.CharField(
                        blank=True,
                        help_text="Name of a file with the key to that catalogue, in the operator's folder of keys.",
                        max_length=80,
                        verbose_name="key file",
                    ),
                ),
                (
                    "every_minutes",
                    models.PositiveIntegerField(
                        default=1440, help_text="Minutes between two runs.", verbose_name="look every"
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True, help_text="Runs by its schedule.", verbose_name="runs by itself"
                    ),
                ),
                (
                    "seen",
                    models.JSONField(
                        blank=True, default=dict, help_text="What the last whole run found: ETag, date, hash."
                    ),
                ),
                ("next_look_at", models.DateTimeField(help_text="When to run again.", null=True)),
                ("looked_at", models.DateTimeField(help_text="When the last run began.", null=True)),
                ("failures", models.PositiveIntegerField(default=0, help_text="Failed runs in a row.")),
            ],
            options={
                "verbose_name": "catalogue to harvest",
                "verbose_name_plural": "catalogues to harvest",
            },
        ),
        migrations.CreateModel(
            name="RemoteFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.PositiveSmallIntegerField(help_text="Order in the list.")),
                ("title", models.CharField(blank=True, help_text="What it is called.", max_length=300)),
                ("description", models.TextField(blank=True, help_text="What is in it.")),
                ("url", models.CharField(help_text="Where it is.", max_length=2000)),
                (
                    "is_download",
                    models.BooleanField(
                        default=False,
                        help_text="The address leads to the file itself, not to a page about it.",
                    ),
                ),
                (
                    "format",
                    models.CharField(blank=True, help_text="Short name of its format.", max_length=40),
                ),
                ("media_type", models.CharField(blank=True, help_text="Its media type.", max_length=120)),
                (
                    "licence",
                    models.CharField(
                        choices=[
                            ("CC0", "Creative Commons Zero 1.0"),
                            ("CC_BY_4_0", "Creative Commons Attribution 4.0"),
                            ("CC_BYSA_4_0", "Creative Commons Attribution, Share Alike 4.0"),
                            ("CC_BYNC_4_0", "Creative Commons Attribution, Non-Commercial 4.0"),
                            ("DL_DE_BY_2_0", "Data licence Germany, attribution 2.0"),
                            ("DL_DE_ZERO_2_0", "Data licence Germany, zero 2.0"),
                            ("OGL_3_0", "Open Government Licence 3.0"),
                            ("ODC_BL", "Open Database Licence 1.0"),
                            ("ODC_PDDL", "Open Data Commons Public Domain Dedication 1.0"),
                            ("LO_OL_2_0", "Licence Ouverte 2.0"),
                            ("NLOD_2_0", "Norwegian Licence for Open Government Data 2.0"),
                            ("OP_DATPRO", "Not stated"),
                        ],
                        default="OP_DATPRO",
                        help_text="What others may do with it.",
                        max_length=20,
                    ),
                ),
                ("bytes", models.BigIntegerField(help_text="Size, as that catalogue says.", null=True)),
            ],
            options={
                "verbose_name": "file elsewhere",
                "verbose_name_plural": "files elsewhere",
                "ordering": ["dataset", "place"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="dataset",
            name="dataset_published_has_version",
        ),
        migrations.AddField(
            model_name="dataset",
            name="is_remote",
            field=models.BooleanField(
                default=False, help_text="Described by another catalogue; its files may stand elsewhere."
            ),
        ),
        migrations.AddConstraint(
            model_name="dataset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "published"), _negated=True),
                    ("current__isnull", False),
                    ("is_remote", True),
                    _connector="OR",
                ),
                name="dataset_published_has_version",
            ),
        ),
        migrations.AddField(
            model_name="harvested",
            name="city",
            field=models.ForeignKey(
                help_text="The city.", on_delete=django.db.models.deletion.CASCADE, to="cities.city"
            ),
        ),
        migrations.AddField(
            model_name="harvested",
            name="dataset",
            field=models.OneToOneField(
                help_text="Which dataset it became; empty for a duplicate.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="harvested",
                to="catalogue.dataset",
            ),
        ),
        migrations.AddField(
            model_name="harvested",
            name="duplicate_of",
            field=models.ForeignKey(
                help_text="The dataset that was here already, from elsewhere.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="duplicates",
                to="catalogue.dataset",
            ),
        ),
        migrations.AddField(
            model_name="harvestrun",
            name="city",
            field=models.ForeignKey(
                help_text="The city.", on_delete=django.db.models.deletion.CASCADE, to="cities.city"
            ),
        ),
        migrations.AddField(
            model_name="harvestsource",
            name="city",
            field=models.ForeignKey(
                help_text="The city.", on_delete=django.db.models.deletion.CASCADE, to="cities.city"
            ),
        ),
        migrations.AddField(
            model_name="harvestsource",
            name="department",
            field=models.ForeignKey(
                help_text="Who answers here for what comes, unless the mapping names another.",
                on_delete=django.db.models.deletion.PROTECT,
                to="people.department",
            ),
        ),
        migrations.AddField(
            model_name="harvestrun",
            name="source",
            field=models.ForeignKey(
                help_text="Which catalogue.",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="runs",
                to="catalogue.harvestsource",
            ),
        ),
        migrations.AddField(
            model_name="harvested",
            name="source",
            field=models.ForeignKey(
                help_text="Where it came from.",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="harvested",
                to="catalogue.harvestsource",
            ),
        ),
        migrations.AddField(
            model_name="remotefile",
            name="city",
            field=models.ForeignKey(
                help_text="The city.", on_delete=django.db.models.deletion.CASCADE, to="cities.city"
            ),
        ),
        migrations.AddField(
            model_name="remotefile",
            name="dataset",
            field=models.ForeignKey(
                help_text="Of which dataset.",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="remote_files",
                to="catalogue.dataset",
            ),
        ),
        migrations.AddIndex(
            model_name="harvestsource",
            index=models.Index(fields=["city", "next_look_at"], name="harvest_next_look"),
        ),
        migrations.AddConstraint(
            model_name="harvestsource",
            constraint=models.UniqueConstraint(fields=("city", "slug"), name="harvest_source_slug_once"),
        ),
        migrations.AddIndex(
            model_name="harvestrun",
            index=models.Index(fields=["source", "-started_at"], name="harvest_run_newest"),
        ),
        migrations.AddIndex(
            model_name="harvested",
            index=models.Index(fields=["city", "remote_id"], name="harvested_by_id"),
        ),
        migrations.AddIndex(
            model_name="harvested",
            index=models.Index(fields=["city", "remote_uri"], name="harvested_by_uri"),
        ),
        migrations.AddIndex(
            model_name="harvested",
            index=models.Index(fields=["city", "landing_page"], name="harvested_by_page"),
        ),
        migrations.AddIndex(
            model_name="harvested",
            index=models.Index(fields=["source", "seen_in"], name="harvested_by_run"),
        ),
        migrations.AddConstraint(
            model_name="harvested",
            constraint=models.UniqueConstraint(fields=("source", "remote_id"), name="harvested_once"),
        ),
        migrations.AddConstraint(
            model_name="harvested",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("dataset__isnull", True), ("duplicate_of__isnull", True), _connector="OR"
                ),
                name="harvested_or_duplicate",
            ),
        ),
        migrations.AddConstraint(
            model_name="remotefile",
            constraint=models.UniqueConstraint(fields=("dataset", "place"), name="remote_file_place_once"),
        ),
        city_lock("catalogue_harvestsource"),
        city_lock("catalogue_harvestrun"),
        city_lock("catalogue_harvested"),
        city_lock("catalogue_remotefile"),
        same_city("catalogue_harvestsource", "department_id", "people_department"),
        same_city("catalogue_harvestrun", "source_id", "catalogue_harvestsource"),
        same_city("catalogue_harvested", "source_id", "catalogue_harvestsource"),
        same_city("catalogue_harvested", "dataset_id", "catalogue_dataset"),
        same_city("catalogue_harvested", "duplicate_of_id", "catalogue_dataset"),
        same_city("catalogue_remotefile", "dataset_id", "catalogue_dataset"),
    ]
