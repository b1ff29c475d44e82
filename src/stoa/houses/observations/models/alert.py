# SPDX-License-Identifier: EUPL-1.2
"""Rules that watch series, and the alerts that come of them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.houses.observations.models.series import Datastream
from stoa.houses.observations.models.thing import of_departments
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.terms import Access, AlertState, Quality, RuleKind, Severity


class RuleQuerySet(models.QuerySet["Rule"]):
    """Rules are inside matters of a department."""

    def visible_to(self, principal: Principal) -> RuleQuerySet:
        """Rules of departments whose inside matters the principal may see."""
        return self.filter(of_departments(principal, Permission.SEE_INTERNAL, "department_id"))

    def changeable_by(self, principal: Principal) -> RuleQuerySet:
        return self.filter(of_departments(principal, Permission.KEEP_RULES, "department_id"))


class Rule(models.Model):
    """What is watched for in one or several series, and what becomes of it."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    uid = models.UUIDField(default=uuid.uuid4, unique=True, help_text=_("Stable id, for ever."))
    department = models.ForeignKey(Department, on_delete=models.PROTECT, help_text=_("Who answers for it."))
    title = models.CharField(_("title"), max_length=200, help_text=_("What is wrong when it fires."))
    kind = models.CharField(
        _("kind"), max_length=12, choices=[(k, k) for k in RuleKind], help_text=_("What it watches for.")
    )
    terms = models.JSONField(
        default=dict, help_text=_("Limits and durations; what there is depends on the kind.")
    )
    severity = models.CharField(
        _("severity"),
        max_length=10,
        choices=[(s, s) for s in Severity],
        default=Severity.MODERATE,
        help_text=_("How bad it is."),
    )
    flag = models.PositiveSmallIntegerField(
        _("quality flag"),
        null=True,
        blank=True,
        choices=[(q.value, q.name.lower()) for q in (Quality.SUSPECT, Quality.FAIL)],
        help_text=_("Flag that the values get for which it fires; empty: they keep theirs."),
    )
    raises_alerts = models.BooleanField(
        _("raises alerts"), default=True, help_text=_("Off: it only flags values.")
    )
    is_public = models.BooleanField(
        _("public warning"), default=False, help_text=_("Its alerts are warnings that everybody may read.")
    )
    event = models.JSONField(
        default=dict, blank=True, help_text=_("What happens, by language, as the public reads it.")
    )
    instruction = models.JSONField(
        default=dict, blank=True, help_text=_("What people should do, by language.")
    )
    area = models.JSONField(
        null=True,
        blank=True,
        help_text=_("Where it warns of, as a GeoJSON geometry; empty: where the thing is."),
    )
    area_name = models.JSONField(
        default=dict, blank=True, help_text=_("What people call where it warns of, by language.")
    )
    area_radius_m = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("How far around the place it warns of, metres.")
    )
    quiet_from = models.TimeField(
        _("quiet from"),
        null=True,
        blank=True,
        help_text=_("Begin of the quiet hours, by the clock of the city."),
    )
    quiet_until = models.TimeField(
        _("quiet until"), null=True, blank=True, help_text=_("End of the quiet hours.")
    )
    is_on = models.BooleanField(_("on"), default=True, help_text=_("Whether it watches."))
    created_at = models.DateTimeField(auto_now_add=True, help_text=_("When it was set up."))
    modified_at = models.DateTimeField(auto_now=True, help_text=_("When it was last changed."))

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        indexes: ClassVar = [models.Index(fields=["city", "is_on"], name="rule_on")]

    def __str__(self) -> str:
        return self.title


def may_watch(series: Datastream, department_id: int) -> bool:
    """Whether a rule of a department may look at a series: it is public, or the department's own."""
    is_open = Access.INTERNAL not in {series.access, series.thing.access}
    return is_open or series.thing.department_id == department_id


class RuleSeries(models.Model):
    """A series that a rule watches, and how far it has read there."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="watched", help_text=_("The rule."))
    datastream = models.ForeignKey(
        Datastream, on_delete=models.CASCADE, related_name="watched_by", help_text=_("The series.")
    )
    letter = models.CharField(
        max_length=1, blank=True, help_text=_("Its name in a combination: a, b, c; else empty.")
    )
    state = models.JSONField(default=dict, help_text=_("What the rule remembers of it."))
    read_at = models.DateTimeField(null=True, help_text=_("Phenomenon time of the last value it has read."))
    next_at = models.DateTimeField(
        null=True, help_text=_("When it has to look even if nothing comes; empty: only when something comes.")
    )
    late_since = models.DateTimeField(
        null=True,
        help_text=_("From when on older values came that it has not flagged yet; empty: there are none."),
    )

    class Meta:
        verbose_name = _("watched series")
        verbose_name_plural = _("watched series")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "datastream"], name="rule_series_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["city", "next_at"], name="rule_series_next")]

    def __str__(self) -> str:
        return f"{self.rule_id}: {self.datastream_id}"

    @property
    def may_look(self) -> bool:
        """Whether the rule still may look at it; it may have been closed, or given to another department."""
        return may_watch(self.datastream, self.rule.department_id)


class WatchNews(models.Model):
    """Values came for watched series: one line for a city and a batch, written with them, taken away by the rules.

    No foreign keys in the database: it is written with the values, and a line too many does no harm.
    """

    city = models.ForeignKey(
        City, on_delete=models.CASCADE, db_constraint=False, db_index=False, help_text=_("The city.")
    )
    series = ArrayField(models.BigIntegerField(), help_text=_("Numbers of the series."))
    since = ArrayField(
        models.DateTimeField(), help_text=_("Phenomenon time of the oldest value of each, in the same order.")
    )

    class Meta:
        verbose_name = _("news for rules")
        verbose_name_plural = _("news for rules")
        indexes: ClassVar = [models.Index(fields=["city", "id"], name="watch_news_order")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class AlertQuerySet(models.QuerySet["Alert"]):
    """Alerts are inside matters, unless they are public warnings; exercises always are."""

    def visible_to(self, principal: Principal) -> AlertQuerySet:
        """Alerts that the principal may read."""
        return self.filter(
            models.Q(is_public=True, is_drill=False)
            | of_departments(principal, Permission.SEE_INTERNAL, "rule__department_id")
        )

    def answerable_by(self, principal: Principal) -> AlertQuerySet:
        return self.filter(of_departments(principal, Permission.ANSWER_ALERT, "rule__department_id"))


class Alert(models.Model):
    """A rule has fired for a series; it stays open until the values say that it is over."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    uid = models.UUIDField(default=uuid.uuid4, unique=True, help_text=_("Stable id, for ever."))
    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="alerts", help_text=_("The rule."))
    datastream = models.ForeignKey(
        Datastream,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="alerts",
        help_text=_("The series; of a combination the one that made it fire."),
    )
    state = models.CharField(
        max_length=12,
        choices=[(s, s) for s in AlertState],
        default=AlertState.OPEN,
        help_text=_("Where it stands."),
    )
    severity = models.CharField(
        max_length=10, choices=[(s, s) for s in Severity], help_text=_("How bad it is.")
    )
    is_public = models.BooleanField(default=False, help_text=_("A warning that everybody may read."))
    is_drill = models.BooleanField(default=False, help_text=_("An exercise: nothing has happened."))
    facts = models.JSONField(default=dict, help_text=_("The values that made it fire, and the limits."))
    began_at = models.DateTimeField(help_text=_("Phenomenon time since when it is so."))
    noticed_at = models.DateTimeField(help_text=_("When the rule fired."))
    ended_at = models.DateTimeField(null=True, help_text=_("Since when it is over."))
    acknowledged_at = models.DateTimeField(null=True, help_text=_("When somebody took it over."))
    acknowledged_by = models.CharField(max_length=200, blank=True, help_text=_("Who took it over."))
    note = models.CharField(max_length=500, blank=True, help_text=_("What they said of it."))

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["rule", "datastream"],
                condition=models.Q(ended_at=None, is_drill=False),
                nulls_distinct=False,
                name="alert_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state=AlertState.ENDED, ended_at__isnull=False)
                | (~models.Q(state=AlertState.ENDED) & models.Q(ended_at=None)),
                name="alert_ended_with_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["city", "-noticed_at"], name="alert_newest"),
            models.Index(fields=["city"], condition=models.Q(ended_at=None), name="alert_running"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id}: {self.state}"
