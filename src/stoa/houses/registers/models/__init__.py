# SPDX-License-Identifier: EUPL-1.2
"""Tables of the registers."""

from stoa.houses.registers.models.city_kind import CityKind
from stoa.houses.registers.models.entry import Entry, EntryComment, EntryVersion
from stoa.houses.registers.models.entry_import import EntryImport
from stoa.houses.registers.models.kind_setting import KindSetting

__all__ = ["CityKind", "Entry", "EntryComment", "EntryImport", "EntryVersion", "KindSetting"]
