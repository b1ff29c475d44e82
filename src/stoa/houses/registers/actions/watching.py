# SPDX-License-Identifier: EUPL-1.2
"""The nightly look at all entries of a city."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import ProtectedError

from stoa.commons.cities.models import City
from stoa.commons.files.models import StoredFile
from stoa.houses.registers.actions.publishing import erasable_before, erase_personal, watch_end
from stoa.houses.registers.models import Entry, EntryImport
from stoa.houses.registers.queries.kinds import kinds_of, setting_of
from stoa.houses.registers.rules.declaring import Kind
from stoa.houses.registers.terms import State

KEEP_IMPORTS = timedelta(days=90)


def watch_entries(*, city: City, now: datetime) -> None:
    """End, remind and erase by the clock of the city; drop reports of old spreadsheets."""
    today = now.astimezone(ZoneInfo(city.zone or "UTC")).date()
    for kind in kinds_of(city):
        furthest = today + timedelta(days=setting_of(city, kind).remind_days)
        near = Entry.objects.filter(city=city, kind=kind.slug, ends_on__lte=furthest)
        for entry in near.exclude(state=State.RETIRED).select_related("city"):
            watch_end(entry=entry, kind=kind, today=today)
        _erase(city, kind, now)
    _drop_sheets(city, now)


def _drop_sheets(city: City, now: datetime) -> None:
    """Old spreadsheets go with their files, which may hold contact data; a file that somebody else needs stays."""
    old = EntryImport.objects.filter(city=city, made_at__lt=now - KEEP_IMPORTS)
    files = list(StoredFile.objects.filter(pk__in=old.values("file")))
    old.delete()
    for file in files:
        try:
            with transaction.atomic():
                file.delete()
        except ProtectedError:
            continue
        transaction.on_commit(partial(file.path.unlink, missing_ok=True))


def _erase(city: City, kind: Kind, now: datetime) -> None:
    ended = Entry.objects.filter(
        city=city,
        kind=kind.slug,
        state=State.RETIRED,
        erased_at=None,
        retired_at__lt=now - erasable_before(kind),
    )
    for entry in ended:
        erase_personal(entry=entry, kind=kind)
