# SPDX-License-Identifier: EUPL-1.2
"""The registers of a city folder: `registers/<kind>.json`, a list of entries, each with the department that keeps it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.ground.problems import NotFound, Refused
from stoa.houses.registers import door
from stoa.site.asking import operator

MOST_BYTES = 20 * 1024 * 1024


def load_registers(city: City, folder: Path) -> tuple[int, list[tuple[str, str]]]:
    """Enter or change every entry by its own number; how many there are, and those that were refused, with the reason."""
    entries, refused = 0, []
    for file in sorted((folder / "registers").glob("*.json")):
        for place, told in enumerate(_told(file)):
            try:
                with acting_in(city):
                    door.keep(
                        city=city,
                        by=operator(),
                        kind=file.stem,
                        department=str(told.get("department", "")),
                        values=told.get("values") or {},
                        publish=bool(told.get("publish", True)),
                    )
            except (Refused, NotFound) as trouble:
                refused.append((f"{file.stem}, entry {place + 1}", str(trouble)))
            else:
                entries += 1
    return entries, refused


def _told(file: Path) -> list[dict[str, Any]]:
    if file.stat().st_size > MOST_BYTES:
        return []
    told = json.loads(file.read_text(encoding="utf-8"))
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
