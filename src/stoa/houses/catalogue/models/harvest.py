# SPDX-License-Identifier: EUPL-1.2
"""Other catalogues that flow in: where they are, what a run of them did, and what came from where."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.ground.problems import Problem
from stoa.houses.catalogue.models.dataset import Dataset
from stoa.houses.catalogue.terms import HarvestKind, RunState
from stoa.standards.vocabularies import LICENCES


class HarvestSource(models.Model):
    """Another catalogue whose datasets are shown here."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    slug = models.SlugField(_("short name"), max_length=80, help_text=_("Part of the address at the desk."))
    title = models.CharField(_("name"), max_length=200, help_text=_("What people call that catalogue."))
    kind = models.CharField(
        _("kind"),
        max_length=12,
        choices=[(k, k) for k in HarvestKind],
        help_text=_("Which language that catalogue speaks."),
    )
    url = models.CharField(
        _("address"),
        max_length=2000,
        help_text=_("Where that catalogue answers, without any password; or a folder."),
    )
    department = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        help_text=_("Who answers here for what comes, unless the mapping names another."),
    )
    mapping = models.JSONField(
        default=dict,
        blank=True,
        help_text=_("Departments by publisher, licences and themes by the words of that catalogue."),
    )
    mirrors = models.BooleanField(
        _("copies the data"),
        default=False,
        help_text=_(
            "The best file of every dataset is brought in too, so that it can be asked like our own."
        ),
    )
    token_name = models.CharField(
        _("key file"),
        max_length=80,
        blank=True,
        help_text=_("Name of a file with the key to that catalogue, in the operator's folder of keys."),
    )
    every_minutes = models.PositiveIntegerField(
        _("look every"), default=1440, help_text=_("Minutes between two runs.")
    )
    is_active = models.BooleanField(_("runs by itself"), default=True, help_text=_("Runs by its schedule."))
    seen = models.JSONField(
        default=dict, blank=True, help_text=_("What the last whole run found: ETag, date, hash.")
    )
    next_look_at = models.DateTimeField(null=True, help_text=_("When to run again."))
    looked_at = models.DateTimeField(null=True, help_text=_("When the last run began."))
    failures = models.PositiveIntegerField(default=0, help_text=_("Failed runs in a row."))

    class Meta:
        verbose_name = _("catalogue to harvest")
        verbose_name_plural = _("catalogues to harvest")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["city", "slug"], name="harvest_source_slug_once")
        ]
        indexes: ClassVar = [models.Index(fields=["city", "next_look_at"], name="harvest_next_look")]

    def __str__(self) -> str:
        return self.slug


class HarvestRun(models.Model):
    """One run through another catalogue: how far it is, and what it found."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    source = models.ForeignKey(
        HarvestSource, on_delete=models.CASCADE, related_name="runs", help_text=_("Which catalogue.")
    )
    state = models.CharField(
        max_length=10,
        choices=[(s, s) for s in RunState],
        default=RunState.RUNNING,
        help_text=_("What became of it."),
    )
    started_at = models.DateTimeField(auto_now_add=True, help_text=_("When it began."))
    ended_at = models.DateTimeField(null=True, help_text=_("When it ended."))
    place = models.JSONField(default=dict, help_text=_("Where to go on after an interruption."))
    pages = models.PositiveIntegerField(default=0, help_text=_("Pages read."))
    bytes = models.BigIntegerField(default=0, help_text=_("Bytes read."))
    found = models.PositiveIntegerField(default=0, help_text=_("Datasets in that catalogue."))
    new = models.PositiveIntegerField(default=0, help_text=_("Seen for the first time."))
    changed = models.PositiveIntegerField(default=0, help_text=_("Known, and different from last time."))
    same = models.PositiveIntegerField(default=0, help_text=_("Known, and the same."))
    gone = models.PositiveIntegerField(default=0, help_text=_("Known, and not there any more."))
    refused = models.PositiveIntegerField(default=0, help_text=_("Not taken; the notes say why."))
    duplicates = models.PositiveIntegerField(
        default=0, help_text=_("Known already from another catalogue or of our own.")
    )
    notes = models.JSONField(
        default=list, help_text=_("What could not be read or was left out: remote id and sentence.")
    )
    problem = models.JSONField(null=True, help_text=_("Why it ended early."))

    class Meta:
        verbose_name = _("harvest run")
        verbose_name_plural = _("harvest runs")
        indexes: ClassVar = [models.Index(fields=["source", "-started_at"], name="harvest_run_newest")]

    def __str__(self) -> str:
        return self.state

    @property
    def refusal(self) -> Problem | None:
        return Problem.from_json(self.problem) if self.problem else None


class Harvested(models.Model):
    """What another catalogue says of one dataset, and which of ours it became."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    source = models.ForeignKey(
        HarvestSource, on_delete=models.CASCADE, related_name="harvested", help_text=_("Where it came from.")
    )
    dataset = models.OneToOneField(
        Dataset,
        null=True,
        on_delete=models.CASCADE,
        related_name="harvested",
        help_text=_("Which dataset it became; empty for a duplicate."),
    )
    duplicate_of = models.ForeignKey(
        Dataset,
        null=True,
        on_delete=models.SET_NULL,
        related_name="duplicates",
        help_text=_("The dataset that was here already, from elsewhere."),
    )
    remote_id = models.CharField(max_length=500, help_text=_("How that catalogue names it."))
    remote_uri = models.CharField(max_length=600, blank=True, help_text=_("Its own web name, if it has one."))
    landing_page = models.CharField(max_length=600, blank=True, help_text=_("Its page for people."))
    publisher = models.CharField(max_length=300, blank=True, help_text=_("Who published it first."))
    remote_modified = models.DateTimeField(
        null=True, help_text=_("When it last changed, as that catalogue says.")
    )
    content_hash = models.CharField(
        max_length=64, help_text=_("To know it again: hash of all that was said.")
    )
    seen_in = models.BigIntegerField(help_text=_("Number of the run that saw it last."))
    seen_at = models.DateTimeField(help_text=_("When it was seen last."))
    first_seen_at = models.DateTimeField(auto_now_add=True, help_text=_("When it was seen first."))

    class Meta:
        verbose_name = _("harvested dataset")
        verbose_name_plural = _("harvested datasets")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "remote_id"], name="harvested_once"),
            models.CheckConstraint(
                condition=models.Q(dataset__isnull=True) | models.Q(duplicate_of__isnull=True),
                name="harvested_or_duplicate",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["city", "remote_id"], name="harvested_by_id"),
            models.Index(fields=["city", "remote_uri"], name="harvested_by_uri"),
            models.Index(fields=["city", "landing_page"], name="harvested_by_page"),
            models.Index(fields=["source", "seen_in"], name="harvested_by_run"),
        ]

    def __str__(self) -> str:
        return self.remote_id


class RemoteFile(models.Model):
    """A file or service of a dataset that stands elsewhere."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    dataset = models.ForeignKey(
        Dataset, on_delete=models.CASCADE, related_name="remote_files", help_text=_("Of which dataset.")
    )
    place = models.PositiveSmallIntegerField(help_text=_("Order in the list."))
    title = models.CharField(max_length=300, blank=True, help_text=_("What it is called."))
    description = models.TextField(blank=True, help_text=_("What is in it."))
    url = models.CharField(max_length=2000, help_text=_("Where it is."))
    is_download = models.BooleanField(
        default=False, help_text=_("The address leads to the file itself, not to a page about it.")
    )
    format = models.CharField(max_length=40, blank=True, help_text=_("Short name of its format."))
    media_type = models.CharField(max_length=120, blank=True, help_text=_("Its media type."))
    licence = models.CharField(
        max_length=20,
        choices=[(k, t.label) for k, t in LICENCES.items()],
        default="OP_DATPRO",
        help_text=_("What others may do with it."),
    )
    bytes = models.BigIntegerField(null=True, help_text=_("Size, as that catalogue says."))

    class Meta:
        verbose_name = _("file elsewhere")
        verbose_name_plural = _("files elsewhere")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dataset", "place"], name="remote_file_place_once")
        ]
        ordering: ClassVar = ["dataset", "place"]

    def __str__(self) -> str:
        return self.title or self.url
