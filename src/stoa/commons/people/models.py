# SPDX-License-Identifier: EUPL-1.2
"""Persons, departments, memberships and tokens."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from stoa.commons.cities.models import City


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email__iexact=username)


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody with an account. May belong to several cities, so the row itself belongs to none."""

    email = models.EmailField(
        _("e-mail address"), unique=True, help_text=_("Where messages go, and the name to sign in with.")
    )
    name = models.CharField(_("name"), max_length=120, blank=True, help_text=_("As colleagues see it."))
    language = models.CharField(
        _("language"), max_length=10, default="en", help_text=_("Language of messages.")
    )
    is_active = models.BooleanField(
        _("may sign in"), default=True, help_text=_("Switched off when somebody leaves.")
    )
    is_operator = models.BooleanField(
        _("operator"), default=False, help_text=_("Runs the install: may do everything.")
    )
    joined_at = models.DateTimeField(auto_now_add=True, help_text=_("When the account was made."))

    objects: ClassVar[PersonManager] = PersonManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="person_email_once")]

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"

    @property
    def is_staff(self) -> bool:
        return self.is_operator


class Department(models.Model):
    """A part of the administration; departments form a tree."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    slug = models.SlugField(
        _("short name"), max_length=60, help_text=_("Part of addresses: /departments/short-name.")
    )
    name = models.JSONField(_("name"), help_text=_("Name per language."))
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        help_text=_("The department above."),
    )
    path = models.CharField(
        max_length=400, help_text=_("Short names from the top, parted by slashes; ends with one.")
    )
    email = models.EmailField(
        _("e-mail address"), blank=True, help_text=_("Shown to the public as the contact.")
    )

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering: ClassVar = ["path"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["city", "slug"], name="department_slug_once"),
            models.CheckConstraint(condition=models.Q(path__endswith="/"), name="department_path_ends"),
        ]

    def __str__(self) -> str:
        return self.slug


class Membership(models.Model):
    """A role that a person holds in a city, for a department and those below it or for the whole city."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="memberships", help_text=_("Who.")
    )
    role = models.CharField(_("role"), max_length=40, help_text=_("Code of the role."))
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        help_text=_("For which department; empty: the whole city."),
    )
    since_at = models.DateTimeField(auto_now_add=True, help_text=_("Since when."))

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["city", "person", "role", "department"], nulls_distinct=False, name="membership_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role}"


class ApiToken(models.Model):
    """A key for a program. Only its hash is kept; not locked, since it is what chooses the city."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, help_text=_("The city."))
    role = models.CharField(max_length=40, help_text=_("Code of the role it acts in."))
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        help_text=_("For which department; empty: the whole city."),
    )
    note = models.CharField(max_length=200, help_text=_("What it is for."))
    digest = models.CharField(max_length=64, unique=True, help_text=_("SHA-256 of the key."))
    made_at = models.DateTimeField(auto_now_add=True, help_text=_("When it was made."))
    last_used_on = models.DateField(null=True, blank=True, help_text=_("Day of the last use."))
    revoked_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Since when it is not valid any more.")
    )

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return self.note
