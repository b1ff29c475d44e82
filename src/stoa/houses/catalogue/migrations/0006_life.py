# SPDX-License-Identifier: EUPL-1.2
# ruff: noqa: E501
"""The life of data: re-uses, requests, access on request, comments, followers; each locked to its city."""

import uuid

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from stoa.commons.cities.locks import city_lock, same_city


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0005_descriptions"),
        ("cities", "0002_database"),
        ("people", "0002_locks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.UUIDField(
                        default=uuid.uuid4,
                        help_text="Part of the address by which the sender follows it.",
                        unique=True,
                    ),
                ),
                (
                    "name",
                    models.CharField(blank=True, help_text="Who asks.", max_length=200, verbose_name="name"),
                ),
                (
                    "organisation",
                    models.CharField(
                        blank=True,
                        help_text="For which organisation.",
                        max_length=200,
                        verbose_name="organisation",
                    ),
                ),
                (
                    "email",
                    models.EmailField(
                        blank=True, help_text="For the answer.", max_length=254, verbose_name="e-mail address"
                    ),
                ),
                ("purpose", models.TextField(help_text="What the data is wanted for.", max_length=3000)),
                ("wanted_until_on", models.DateField(help_text="Until when it is wanted.")),
                ("agreement", models.TextField(help_text="The terms as they were accepted, word by word.")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waiting"), ("granted", "granted"), ("refused", "refused")],
                        default="waiting",
                        help_text="What became of it.",
                        max_length=10,
                    ),
                ),
                (
                    "reason",
                    models.TextField(blank=True, help_text="Why it was granted or refused.", max_length=2000),
                ),
                ("made_at", models.DateTimeField(auto_now_add=True, help_text="When it came.")),
                ("decided_at", models.DateTimeField(blank=True, help_text="When it was decided.", null=True)),
                ("decided_by", models.CharField(blank=True, help_text="Who decided.", max_length=200)),
                (
                    "city",
                    models.ForeignKey(
                        help_text="The city.", on_delete=django.db.models.deletion.CASCADE, to="cities.city"
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        help_text="The dataset.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="access_requests",
                        to="catalogue.dataset",
                    ),
                ),
            ],
            options={
                "verbose_name": "request for access",
                "verbose_name_plural": "requests for access",
            },
        ),
        migrations.CreateModel(
            name="AccessGrant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.UUIDField(
                        default=uuid.uuid4,
                        help_text="Part of the address that is mailed, where the key is made.",
                        unique=True,
                    ),
                ),
                (
                    "digest",
                    models.CharField(
                        blank=True,
                        help_text="SHA-256 of the key; empty: none was made.",
                        max_length=64,
                        null=True,
                        unique=True,
                    ),
                ),
                ("until_on", models.DateField(help_text="The last day of access.")),
                ("made_at", models.DateTimeField(auto_now_add=True, help_text="When it was given.")),
                (
                    "revoked_at",
                    models.DateTimeField(blank=True, help_text="When it was taken back.", null=True),
                ),
                ("revoked_by", models.CharField(blank=True, help_text="Who took it back.", max_length=200)),
                (
                    "revoked_why",
                    models.TextField(blank=True, help_text="Why it was taken back.", max_length=1000),
                ),
                (
                    "city",
                    models.ForeignKey(
                        help_text="The city.", on_delete=django.db.models.deletion.CASCADE, to="cities.city"
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        help_text="The dataset.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="grants",
                        to="catalogue.dataset",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        help_text="The account that sees the rows when signed in; empty: only the key.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.OneToOneField(
                        help_text="The request it answers.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="grant",
                        to="catalogue.accessrequest",
                    ),
                ),
            ],
            options={
                "verbose_name": "access",
                "verbose_name_plural": "accesses",
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, help_text="Stable id.", unique=True)),
                ("text", models.TextField(help_text="What was said.", max_length=2000)),
                (
                    "by_name",
                    models.CharField(
                        blank=True,
                        help_text="Name of the sender as it may be shown; empty: none.",
                        max_length=80,
                    ),
                ),
                (
                    "email",
                    models.EmailField(
                        blank=True, help_text="For the answer; erased when answered.", max_length=254
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waiting"), ("shown", "shown"), ("refused", "refused")],
                        default="waiting",
                        help_text="Whether it is shown.",
                        max_length=10,
                    ),
                ),
                ("reason", models.TextField(blank=True, help_text="Why it is not shown.", max_length=1000)),
                (
                    "answer",
                    models.TextField(
                        blank=True, help_text="What the department says to it.", max_length=2000
                    ),
                ),
                ("made_at", models.DateTimeField(auto_now_add=True, help_text="When it was said.")),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, help_text="When it was looked at.", null=True),
                ),
                ("decided_by", models.CharField(blank=True, help_text="Who looked at it.", max_length=200)),
                (
                    "city",
                    models.ForeignKey(
                        help_text="The city.", on_delete=django.db.models.deletion.CASCADE, to="cities.city"
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        help_text="The dataset.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
                        to="catalogue.dataset",
                    ),
                ),
            ],
            options={
                "verbose_name": "comment",
                "verbose_name_plural": "comments",
            },
        ),
        migrations.CreateModel(
            name="DataRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, help_text="Part of its address.", unique=True)),
                (
                    "title",
                    models.CharField(help_text="Which data is wanted.", max_length=200, verbose_name="title"),
                ),
                (
                    "description",
                    models.TextField(help_text="What should be in it, and what for.", max_length=3000),
                ),
                (
                    "email",
                    models.EmailField(
                        blank=True, help_text="For the answer; erased when answered.", max_length=254
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("open", "open"),
                            ("granted", "granted"),
                            ("partly", "partly"),
                            ("refused", "refused"),
                            ("not_shown", "not_shown"),
                        ],
                        default="waiting",
                        help_text="What became of it.",
                        max_length=10,
                    ),
                ),
                ("votes", models.PositiveIntegerField(default=0, help_text="How many people want it too.")),
                (
                    "promised_on",
                    models.DateField(blank=True, help_text="By when it is to be answered.", null=True),
                ),
                (
                    "reason",
                    models.TextField(blank=True, help_text="The answer and its reason.", max_length=3000),
                ),
                ("made_at", models.DateTimeField(auto_now_add=True, help_text="When it came.")),
                (
                    "shown_at",
                    models.DateTimeField(blank=True, help_text="Since when it is public.", null=True),
                ),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, help_text="When it was answered.", null=True),
                ),
                ("decided_by", models.CharField(blank=True, help_text="Who answered.", max_length=200)),
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
                        help_text="The dataset that answers it, or that is not open yet.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="data_requests",
                        to="catalogue.dataset",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who is to answer.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="people.department",
                    ),
                ),
            ],
            options={
                "verbose_name": "request for data",
                "verbose_name_plural": "requests for data",
            },
        ),
        migrations.CreateModel(
            name="Follow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.UUIDField(
                        default=uuid.uuid4,
                        help_text="Part of the address that confirms and ends it.",
                        unique=True,
                    ),
                ),
                (
                    "email",
                    models.EmailField(help_text="Where messages go; erased when it ends.", max_length=254),
                ),
                (
                    "language",
                    models.CharField(default="en", help_text="Language of the messages.", max_length=10),
                ),
                ("made_at", models.DateTimeField(auto_now_add=True, help_text="When it was asked for.")),
                (
                    "confirmed_at",
                    models.DateTimeField(blank=True, help_text="When the address said yes.", null=True),
                ),
                (
                    "told_version",
                    models.PositiveIntegerField(default=0, help_text="The newest version that was told of."),
                ),
                (
                    "city",
                    models.ForeignKey(
                        help_text="The city.", on_delete=django.db.models.deletion.CASCADE, to="cities.city"
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        help_text="The dataset.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="followers",
                        to="catalogue.dataset",
                    ),
                ),
            ],
            options={
                "verbose_name": "follower of a dataset",
                "verbose_name_plural": "followers of datasets",
            },
        ),
        migrations.CreateModel(
            name="OpenDataPolicy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "answer_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="Promised to everybody who asks for data.",
                        verbose_name="Days to answer a request for data",
                    ),
                ),
                (
                    "agreement",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="What somebody accepts who asks for access, per language; empty: the text that comes with Stoa.",
                        verbose_name="Terms for access on request",
                    ),
                ),
                (
                    "is_value_public",
                    models.BooleanField(
                        default=False,
                        help_text="Otherwise only people of the administration who look after data.",
                        verbose_name="Everybody may see the page about the value of the data",
                    ),
                ),
                (
                    "uses_for_request",
                    models.PositiveIntegerField(
                        default=50,
                        help_text="An assumption: one in so many downloads would otherwise have been a letter or a call.",
                        verbose_name="Downloads that replace one request by hand",
                    ),
                ),
                (
                    "request_minutes",
                    models.PositiveIntegerField(
                        default=45,
                        help_text="Reading, looking up, preparing a file, writing back.",
                        verbose_name="Minutes to answer a request by hand",
                    ),
                ),
                (
                    "hour_cost_cents",
                    models.PositiveIntegerField(
                        default=6000,
                        help_text="Full cost, in the currency below.",
                        verbose_name="Cost of an hour of work, in cents",
                    ),
                ),
                (
                    "keeping_minutes",
                    models.PositiveIntegerField(
                        default=20,
                        help_text="For the ones that come by hand; those with a source of their own count a tenth.",
                        verbose_name="Minutes to look after one dataset, a month",
                    ),
                ),
                (
                    "platform_cents",
                    models.PositiveBigIntegerField(
                        default=0,
                        help_text="Machine, operation, licences.",
                        verbose_name="Cost of the platform, a month, in cents",
                    ),
                ),
                (
                    "currency",
                    models.CharField(
                        default="EUR", help_text="Three letters.", max_length=3, verbose_name="currency"
                    ),
                ),
                (
                    "city",
                    models.OneToOneField(
                        help_text="The city.", on_delete=django.db.models.deletion.CASCADE, to="cities.city"
                    ),
                ),
            ],
            options={
                "verbose_name": "open data policy",
                "verbose_name_plural": "open data policies",
            },
        ),
        migrations.CreateModel(
            name="RequestVote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.UUIDField(
                        default=uuid.uuid4, help_text="Part of the address that confirms it.", unique=True
                    ),
                ),
                (
                    "mark",
                    models.CharField(
                        help_text="Keyed hash of person and request, so that nobody votes twice.",
                        max_length=64,
                    ),
                ),
                (
                    "email",
                    models.EmailField(
                        blank=True,
                        help_text="Where the confirmation goes; erased as soon as it is confirmed.",
                        max_length=254,
                    ),
                ),
                (
                    "confirmed_at",
                    models.DateTimeField(blank=True, help_text="Since when it counts.", null=True),
                ),
                ("made_at", models.DateTimeField(auto_now_add=True, help_text="When it was given.")),
                (
                    "city",
                    models.ForeignKey(
                        help_text="The city.", on_delete=django.db.models.deletion.CASCADE, to="cities.city"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        help_text="The request.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="voices",
                        to="catalogue.datarequest",
                    ),
                ),
            ],
            options={
                "verbose_name": "vote for a request",
                "verbose_name_plural": "votes for requests",
            },
        ),
        migrations.CreateModel(
            name="Reuse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.UUIDField(
                        default=uuid.uuid4,
                        help_text="Part of the address by which the sender follows it.",
                        unique=True,
                    ),
                ),
                (
                    "title",
                    models.CharField(help_text="What it is called.", max_length=200, verbose_name="title"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("application", "application"),
                            ("article", "article"),
                            ("study", "study"),
                            ("visualisation", "visualisation"),
                            ("service", "service"),
                            ("teaching", "teaching"),
                            ("other", "other"),
                        ],
                        help_text="Application, article, study ...",
                        max_length=15,
                    ),
                ),
                (
                    "url",
                    models.URLField(
                        help_text="Where it is to be found.", max_length=1000, verbose_name="address"
                    ),
                ),
                (
                    "description",
                    models.TextField(blank=True, help_text="What it does with the data.", max_length=2000),
                ),
                (
                    "by_name",
                    models.CharField(
                        blank=True, help_text="By whom, as it may be shown to everybody.", max_length=200
                    ),
                ),
                (
                    "email",
                    models.EmailField(
                        blank=True, help_text="For the answer; erased when answered.", max_length=254
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waiting"), ("shown", "shown"), ("refused", "refused")],
                        default="waiting",
                        help_text="Whether it is shown.",
                        max_length=10,
                    ),
                ),
                ("reason", models.TextField(blank=True, help_text="Why it is not shown.", max_length=2000)),
                ("made_at", models.DateTimeField(auto_now_add=True, help_text="When it was registered.")),
                ("decided_at", models.DateTimeField(blank=True, help_text="When it was checked.", null=True)),
                ("decided_by", models.CharField(blank=True, help_text="Who checked it.", max_length=200)),
                (
                    "city",
                    models.ForeignKey(
                        help_text="The city.", on_delete=django.db.models.deletion.CASCADE, to="cities.city"
                    ),
                ),
            ],
            options={
                "verbose_name": "re-use",
                "verbose_name_plural": "re-uses",
            },
        ),
        migrations.CreateModel(
            name="ReuseDataset",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        help_text="The city.", on_delete=django.db.models.deletion.CASCADE, to="cities.city"
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        help_text="The dataset.",
                        on_delete=django.db.models.deletion.CASCADE,
                        to="catalogue.dataset",
                    ),
                ),
                (
                    "reuse",
                    models.ForeignKey(
                        help_text="The re-use.",
                        on_delete=django.db.models.deletion.CASCADE,
                        to="catalogue.reuse",
                    ),
                ),
            ],
            options={
                "verbose_name": "dataset of a re-use",
                "verbose_name_plural": "datasets of re-uses",
            },
        ),
        migrations.AddField(
            model_name="reuse",
            name="datasets",
            field=models.ManyToManyField(
                help_text="The datasets that it uses.",
                related_name="reuses",
                through="catalogue.ReuseDataset",
                to="catalogue.dataset",
            ),
        ),
        migrations.AddIndex(
            model_name="accessrequest",
            index=models.Index(fields=["city", "state", "made_at"], name="access_request_by_state"),
        ),
        migrations.AddConstraint(
            model_name="accessrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "waiting"),
                    models.Q(models.Q(("reason", ""), _negated=True), ("decided_at__isnull", False)),
                    _connector="OR",
                ),
                name="access_request_decision_has_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="accessgrant",
            index=models.Index(fields=["city", "person", "until_on"], name="access_grant_by_person"),
        ),
        migrations.AddConstraint(
            model_name="accessgrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("revoked_at__isnull", True),
                    models.Q(("revoked_why", ""), _negated=True),
                    _connector="OR",
                ),
                name="access_grant_revoked_has_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["city", "dataset", "state", "made_at"], name="comment_by_dataset"),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "refused"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="comment_refused_has_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="datarequest",
            index=models.Index(fields=["city", "state", "-votes", "-made_at"], name="data_request_by_votes"),
        ),
        migrations.AddConstraint(
            model_name="datarequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["waiting", "open"]),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="data_request_answer_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="datarequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "open"), _negated=True),
                    ("promised_on__isnull", False),
                    _connector="OR",
                ),
                name="data_request_open_is_promised",
            ),
        ),
        migrations.AddConstraint(
            model_name="follow",
            constraint=models.UniqueConstraint(
                models.F("dataset"), django.db.models.functions.text.Lower("email"), name="follow_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="opendatapolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answer_days__gte", 1), ("answer_days__lte", 365), ("uses_for_request__gte", 1)
                ),
                name="policy_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="requestvote",
            constraint=models.UniqueConstraint(fields=("request", "mark"), name="request_vote_once"),
        ),
        migrations.AddConstraint(
            model_name="requestvote",
            constraint=models.CheckConstraint(
                condition=models.Q(("confirmed_at__isnull", True), ("email", ""), _connector="OR"),
                name="request_vote_confirmed_has_no_email",
            ),
        ),
        migrations.AddConstraint(
            model_name="reusedataset",
            constraint=models.UniqueConstraint(fields=("reuse", "dataset"), name="reuse_dataset_once"),
        ),
        migrations.AddIndex(
            model_name="reuse",
            index=models.Index(fields=["city", "state", "-made_at"], name="reuse_by_state"),
        ),
        migrations.AddConstraint(
            model_name="reuse",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "refused"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="reuse_refused_has_reason",
            ),
        ),
        *(
            city_lock(f"catalogue_{table}")
            for table in (
                "reuse",
                "reusedataset",
                "datarequest",
                "requestvote",
                "accessrequest",
                "accessgrant",
                "comment",
                "follow",
                "opendatapolicy",
            )
        ),
        same_city("catalogue_reusedataset", "reuse_id", "catalogue_reuse"),
        same_city("catalogue_reusedataset", "dataset_id", "catalogue_dataset"),
        same_city("catalogue_datarequest", "dataset_id", "catalogue_dataset"),
        same_city("catalogue_datarequest", "department_id", "people_department"),
        same_city("catalogue_requestvote", "request_id", "catalogue_datarequest"),
        same_city("catalogue_accessrequest", "dataset_id", "catalogue_dataset"),
        same_city("catalogue_accessgrant", "request_id", "catalogue_accessrequest"),
        same_city("catalogue_accessgrant", "dataset_id", "catalogue_dataset"),
        same_city("catalogue_comment", "dataset_id", "catalogue_dataset"),
        same_city("catalogue_follow", "dataset_id", "catalogue_dataset"),
    ]
