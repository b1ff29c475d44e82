# SPDX-License-Identifier: EUPL-1.2
"""Signing in: what strangers cannot find out or cause, and what is forgotten in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import AsyncMock

import pytest
from asgiref.sync import async_to_sync
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from stoa.commons.cities.models import City
from stoa.commons.jobs import jobs
from stoa.commons.people.models import Person

pytestmark = pytest.mark.django_db


def test_a_forgotten_password_is_mailed_to_people_who_have_an_account_and_to_nobody_else(
    mailoutbox: Any,
) -> None:
    City.objects.create(slug="here", name={"en": "Here"}, languages=["en"])
    Person.objects.create_user("ada@here.example", "long enough 1234", name="Ada")
    answers = [
        Client().post("/c/here/account/password/reset/", {"email": f"{name}@here.example"})
        for name in ("stranger", "ada")
    ]
    assert [mail.to for mail in mailoutbox] == [["ada@here.example"]]
    assert len({(answer.status_code, answer["Location"]) for answer in answers}) == 1


def test_attempts_are_counted_in_the_database_for_all_processes(settings: Any) -> None:
    assert settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")
    cache.set("attempt-of-somebody", [1, 2], 60)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from people_attempts where cache_key like '%attempt-of-somebody'")
        assert cursor.fetchone() == (1,)
    cache.delete("attempt-of-somebody")


def test_sessions_that_ended_are_forgotten_by_the_daily_job(monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    for key, until in (("over", now - timedelta(minutes=1)), ("running", now + timedelta(days=1))):
        Session.objects.create(session_key=key, session_data="", expire_date=until)
    monkeypatch.setattr(jobs.app.job_manager, "delete_old_jobs", AsyncMock())
    async_to_sync(jobs.tidy.func)(0)
    assert list(Session.objects.values_list("session_key", flat=True)) == ["running"]
