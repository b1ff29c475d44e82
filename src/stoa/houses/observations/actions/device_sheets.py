# SPDX-License-Identifier: EUPL-1.2
"""Registering many devices from one spreadsheet, read by the catalogue's readers; each row stands by itself."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.commons.reading.door import MIB, Limits, Order, inspect
from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.observations.actions.devices import register_device
from stoa.houses.observations.actions.rights import need
from stoa.houses.observations.queries.decoders import decoders
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.rules.decoding import shipped
from stoa.houses.observations.rules.device_sheets import facts_of, meaning_of, not_understood, plain_words
from stoa.houses.observations.terms import Carrier

LIMITS = Limits(file_bytes=5 * MIB, unpacked_bytes=50 * MIB, columns=60, rows=2_000, seconds=60)


@dataclass(frozen=True, slots=True)
class RowDone:
    """What became of a row."""

    place: int
    """Counted from 1, without the heading."""
    name: str
    uid: str = ""
    """Empty: it was refused."""
    problem: Problem | None = None


def register_sheet(
    *, city: City, by: Principal, department: Department, chunks: Iterable[bytes], name: str, access: str
) -> list[RowDone]:
    """Register a device for each row; a row that is refused changes nothing. Raises Refused if it is no table."""
    need(by, Permission.CHANGE_THING, department.pk)
    known = _known_decoders(city)
    done = []
    for place, row in enumerate(_rows(city, chunks, name), start=1):
        facts = facts_of(row, known)
        try:
            with transaction.atomic():
                if not facts["name"] or not facts["identifier"]:
                    raise Refused(_incomplete())
                if told := not_understood(row):
                    raise Refused(_not_understood(told))
                device = register_device(
                    city=city, by=by, carrier=Carrier.LORAWAN, department=department, access=access, **facts
                )
            done.append(RowDone(place, device.name, str(device.uid)))
        except Refused as refusal:
            done.append(RowDone(place, facts["name"], problem=refusal.problem))
    return done


def _known_decoders(city: City) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in decoders(city.pk):
        decoder = shipped().get(line.identifier)
        words = [line.identifier, line.title]
        if decoder:
            words += [decoder.model, f"{decoder.maker} {decoder.model}"]
        for one in words:
            found.setdefault(plain_words(one), line.identifier)
    return found


def _rows(city: City, chunks: Iterable[bytes], name: str) -> Iterator[dict[str, Any]]:
    import pyarrow.parquet as pq  # large, and most processes read no sheet

    place = Path(settings.STOA_WORK) / f"devices-{secrets.token_hex(8)}"
    place.mkdir(parents=True)
    try:
        file = place / "sheet"
        file.write_bytes(_within_limits(chunks))
        work = place / "work"
        work.mkdir()
        choices = {"geometry": {"source": "none"}, "missing": [""]}
        languages = tuple(city.languages) or ("en",)
        read = inspect(
            Order(
                file, name, work, choices=choices, zone=city.zone or "UTC", languages=languages, limits=LIMITS
            )
        )
        kept = [column for column in read.recipe.columns if column.is_kept]
        meant = meaning_of([column.source for column in kept])
        if not {"name", "identifier"} <= set(meant) or read.staged is None:
            raise Refused(_no_columns())
        for part in read.staged.files:
            table = pq.read_table(part, columns=[column.name for column in kept])
            for row in table.to_pylist():
                yield {what: row[kept[at].name] for what, at in meant.items()}
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _within_limits(chunks: Iterable[bytes]) -> bytes:
    found = bytearray()
    for chunk in chunks:
        found += chunk
        if len(found) > LIMITS.file_bytes:
            raise Refused(
                Problem(
                    "observations.sheet_too_large",
                    say("The file is too large."),
                    say("A list of devices is a small file."),
                    say("Send at most %(n)s devices at once.", n=LIMITS.rows),
                    field="file",
                )
            )
    return bytes(found)


def _no_columns() -> Problem:
    return Problem(
        "observations.sheet_columns",
        say("The table has no column for the name or for the address of the devices."),
        say("Without them a device cannot be registered."),
        say("Call the columns “Name” and “DevEUI”."),
        field="file",
    )


def _incomplete() -> Problem:
    return Problem(
        "observations.row_incomplete",
        say("The name or the address is missing."),
        say("Without them a device cannot be registered."),
        say("Fill in the row."),
    )


def _not_understood(told: str) -> Problem:
    return Problem(
        "observations.row_not_understood",
        say("“%(told)s” is no number that can be here.", told=told[:40]),
        say("Without it the device would stand nowhere, or nobody would notice that it is silent."),
        say(
            "Longitude goes from -180 to 180, latitude from -90 to 90, minutes are more than 0. Or leave it empty."
        ),
        field="file",
    )
