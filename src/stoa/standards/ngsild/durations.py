# SPDX-License-Identifier: EUPL-1.2
"""Lengths of time as ISO 8601 writes them, e.g. `P1M` or `PT15M`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stoa.standards.ngsild.failures import malformed

_DURATION = re.compile(
    r"^P(?=\d|T\d)(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?"
    r"(?:T(?=\d)(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,10}(?:\.\d{1,6})?)S)?)?$"
)

MOST_MONTHS = 1_200
MOST_SECONDS = 3_155_760_000


@dataclass(frozen=True, slots=True)
class Length:
    """Months and seconds apart, since a month has no fixed number of seconds; both 0 means all the time there is."""

    months: int
    seconds: float

    @property
    def is_everything(self) -> bool:
        return not self.months and not self.seconds


def length_of(text: str) -> Length:
    """The length; `Failed` (InvalidRequest) if the text is none."""
    found = _DURATION.match(text)
    if found is None:
        raise malformed("aggrPeriodDuration is a length of time such as PT1H or P1D")
    years, months, weeks, days, hours, minutes = (int(part or 0) for part in found.groups()[:6])
    seconds = (weeks * 7 + days) * 86400 + hours * 3600 + minutes * 60 + float(found[7] or 0)
    if years * 12 + months > MOST_MONTHS or seconds > MOST_SECONDS:
        raise malformed("aggrPeriodDuration is at most a hundred years")
    return Length(years * 12 + months, seconds)
