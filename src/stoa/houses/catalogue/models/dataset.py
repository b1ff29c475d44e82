# SPDX-License-Identifier: EUPL-1.2
"""A dataset, where it comes from, and who answers for personal data in it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.ground.geometry import Box
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.terms import Access, State
from stoa.standards.vocabularies import FREQUENCIES, HVD_CATEGORIES, LICENCES, THEMES


class DatasetQuerySet(models.QuerySet["Dataset"]):
    """Rights are part of the query."""

    def visible_to(self, principal: Principal) -> DatasetQuerySet:
        """Datasets whose description this principal may read (DESIGN section 6)."""
        public = models.Q(state__in=[State.PUBLISHED, State.RETIRED]) & ~models.Q(access=Access.INTERNAL)
        drafts = _within(principal, Permission.SEE_DRAFTS)
        internal = _within(principal, Permission.SEE_INTERNAL) & models.Q(
            state__in=[State.PUBLISHED, State.RETIRED]
        )
        return self.filter(public | drafts | internal)

    def editable_by(self, principal: Principal) -> DatasetQuerySet:
        return self.filter(_within(principal, Permission.EDIT_DATASET))


def _within(principal: Principal, permission: Permission) -> models.Q:
    departments = principal.departments_with(permission)
    # An empty condition would be dropped from a choice of several, and with it the right.
    everywhere = models.Q(department_id__isnull=False)
    return everywhere if departments is None else models.Q(department_id__in=sorted(departments))


class Dataset(models.Model):
    """One thing the city knows, described, with all its versions."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    uid = models.UUIDField(
        default=uuid.uuid4, unique=True, help_text=_("Stable id, for ever; part of the address in the lake.")
    )
    slug = models.SlugField(
        _("short name"),
        max_length=80,
        help_text=_("Part of the address: /datasets/short-name. Never changes once published."),
    )
    department = models.ForeignKey(Department, on_delete=models.PROTECT, help_text=_("Who answers for it."))
    title = models.JSONField(_("title"), help_text=_("What it is, in a few words, per language."))
    description = models.JSONField(
        _("description"),
        default=dict,
        blank=True,
        help_text=_("What is in it, how it was made, what to beware of, per language."),
    )
    theme = models.CharField(
        _("theme"),
        max_length=4,
        choices=[(k, t.label) for k, t in THEMES.items()],
        default="GOVE",
        help_text=_("EU data theme."),
    )
    keywords = ArrayField(
        models.CharField(max_length=60),
        default=list,
        blank=True,
        help_text=_("Words that people search for."),
    )
    licence = models.CharField(
        _("licence"),
        max_length=20,
        choices=[(k, t.label) for k, t in LICENCES.items()],
        default="OP_DATPRO",
        help_text=_("What others may do with it."),
    )
    contact = models.EmailField(
        _("contact"), blank=True, help_text=_("Public address for questions; empty: the department's.")
    )
    frequency = models.CharField(
        _("update frequency"),
        max_length=10,
        choices=[(k, t.label) for k, t in FREQUENCIES.items()],
        default="UNKNOWN",
        help_text=_("How often the owner promises to update."),
    )
    spatial = models.CharField(
        _("area"), max_length=200, blank=True, help_text=_("The area it covers, in words.")
    )
    period_from = models.DateField(
        _("from"), null=True, blank=True, help_text=_("First day that it speaks of.")
    )
    period_to = models.DateField(_("to"), null=True, blank=True, help_text=_("Last day that it speaks of."))
    source_note = models.CharField(
        _("source"),
        max_length=500,
        blank=True,
        help_text=_("Where the data comes from, as it must be named."),
    )
    languages = ArrayField(
        models.CharField(max_length=3),
        default=list,
        blank=True,
        help_text=_("Languages in which the data itself is written, as two-letter codes."),
    )
    hvd_category = models.CharField(
        _("high-value category"),
        max_length=20,
        blank=True,
        choices=[(k, t.label) for k, t in HVD_CATEGORIES.items()],
        help_text=_("Category of the EU list of high-value datasets; empty: it is none."),
    )
    conforms_to = models.CharField(
        _("conforms to"),
        max_length=2000,
        blank=True,
        help_text=_("Address of the standard or schema that the data keeps to."),
    )
    landing_page = models.CharField(
        _("page about it"),
        max_length=2000,
        blank=True,
        help_text=_("Another page that presents this data; empty: only the page here."),
    )
    declared_schema = models.JSONField(
        null=True,
        blank=True,
        help_text=_("The schema that every version is checked against: Table Schema or JSON Schema."),
    )
    access = models.CharField(
        _("access"),
        max_length=12,
        choices=[(a, a) for a in Access],
        default=Access.OPEN,
        help_text=_("Who may see the rows."),
    )
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(s, s) for s in State],
        default=State.DRAFT,
        help_text=_("Where it is on its way to the public."),
    )
    is_remote = models.BooleanField(
        default=False, help_text=_("Described by another catalogue; its files may stand elsewhere.")
    )
    recipe = models.JSONField(
        null=True, blank=True, help_text=_("How its file is read; agreed at the first publication.")
    )
    readable_from = models.PositiveIntegerField(
        default=1,
        help_text=_(
            "The oldest version that its readers see; older ones were made while fewer people could read it."
        ),
    )
    closed_for = models.JSONField(
        null=True,
        blank=True,
        help_text=_("Why nobody may open it any more; empty: nothing stands against it."),
    )
    keep_versions = models.PositiveIntegerField(
        _("versions kept"), default=30, help_text=_("The newest so many are kept, older ones one a month.")
    )
    current = models.OneToOneField(
        "catalogue.Version",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("The version that is shown."),
    )
    format = models.CharField(
        max_length=10, blank=True, help_text=_("What kind of file the current version came as.")
    )
    rows = models.BigIntegerField(default=0, help_text=_("Rows of the current version."))
    has_map = models.BooleanField(default=False, help_text=_("The current version has places."))
    box = ArrayField(
        models.FloatField(),
        size=4,
        null=True,
        blank=True,
        help_text=_("West, south, east, north of the current version."),
    )
    quality = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("Quality score of the current version, 0 to 100.")
    )
    created_at = models.DateTimeField(auto_now_add=True, help_text=_("When the draft was made."))
    published_at = models.DateTimeField(null=True, blank=True, help_text=_("When it was first published."))
    described_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When what is said about it last changed.")
    )
    updated_at = models.DateTimeField(null=True, blank=True, help_text=_("When its content last changed."))
    checked_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When its source was last found to be the same or newer.")
    )
    due_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the next update is promised; empty: nothing is promised.")
    )
    late_at = models.DateTimeField(
        null=True, blank=True, help_text=_("From when the promise counts as broken.")
    )
    warned_due_at = models.DateTimeField(
        null=True, blank=True, help_text=_("For which promise the owner was warned.")
    )
    sort_key = models.BinaryField(default=b"", help_text=_("Order of titles as people sort them."))
    search = SearchVectorField(null=True, help_text=_("Words for full-text search."))
    search_text = models.TextField(
        default="", help_text=_("Title and keywords without accents, for misspelt words.")
    )

    objects = DatasetQuerySet.as_manager()

    class Meta:
        verbose_name = _("dataset")
        verbose_name_plural = _("datasets")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["city", "slug"], name="dataset_slug_once"),
            models.CheckConstraint(
                condition=~models.Q(state="published")
                | models.Q(current__isnull=False)
                | models.Q(is_remote=True),
                name="dataset_published_has_version",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="published") | models.Q(published_at__isnull=False),
                name="dataset_published_at_set",
            ),
        ]
        indexes: ClassVar = [
            GinIndex(fields=["search"], name="dataset_search"),
            GinIndex(fields=["search_text"], name="dataset_search_text", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["city", "state", "-updated_at"], name="dataset_newest"),
            models.Index(fields=["city", "department", "state"], name="dataset_by_department"),
            models.Index(fields=["city", "due_at"], name="dataset_due"),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def bounds(self) -> Box | None:
        return Box(*self.box) if self.box else None

    @property
    def lake_folder(self) -> str:
        return f"{self.city_id}/{self.uid.hex}"


class Source(models.Model):
    """Where new versions come from by themselves."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    dataset = models.OneToOneField(
        Dataset, on_delete=models.CASCADE, related_name="source", help_text=_("The dataset.")
    )
    kind = models.CharField(
        max_length=10,
        choices=[("url", "url"), ("folder", "folder")],
        help_text=_("A web address or a folder."),
    )
    place = models.CharField(
        _("address"), max_length=2000, help_text=_("The address, or the folder on the server.")
    )
    pattern = models.CharField(
        max_length=200, blank=True, default="*", help_text=_("Which files of the folder.")
    )
    every_minutes = models.PositiveIntegerField(
        _("look every"), default=1440, help_text=_("Minutes between two looks.")
    )
    publishes_itself = models.BooleanField(
        _("publishes by itself"),
        default=True,
        help_text=_("A file that fits the agreed recipe is published without asking."),
    )
    seen = models.JSONField(default=dict, help_text=_("What the last look found: ETag, date, hash."))
    next_look_at = models.DateTimeField(null=True, help_text=_("When to look again."))
    looked_at = models.DateTimeField(null=True, help_text=_("When it was last looked at."))
    problem = models.JSONField(null=True, blank=True, help_text=_("What went wrong at the last look."))
    failures = models.PositiveIntegerField(default=0, help_text=_("Failed looks in a row."))

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        indexes: ClassVar = [models.Index(fields=["city", "next_look_at"], name="source_next_look")]

    def __str__(self) -> str:
        return self.kind


class PersonalRelease(models.Model):
    """A named person answers for publishing a column with personal data."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    dataset = models.ForeignKey(
        Dataset, on_delete=models.CASCADE, related_name="releases", help_text=_("The dataset.")
    )
    column = models.CharField(max_length=100, help_text=_("Machine name of the column."))
    kind = models.CharField(max_length=20, help_text=_("Which personal data was found."))
    reason = models.TextField(help_text=_("Why it may be public: law, consent, public office."))
    by_name = models.CharField(max_length=200, help_text=_("Who answers for it."))
    by_id = models.BigIntegerField(null=True, help_text=_("Number of that person."))
    released_at = models.DateTimeField(auto_now_add=True, help_text=_("When."))

    class Meta:
        verbose_name = _("release of personal data")
        verbose_name_plural = _("releases of personal data")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dataset", "column", "kind"], name="release_once"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="release_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.column} {self.kind}"
