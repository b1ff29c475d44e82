# SPDX-License-Identifier: EUPL-1.2
"""How dates and times are written in a column, and which of day and month comes first."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from stoa.commons.reading.rules.samples import ColumnSample, Shape
from stoa.ground.tables import Kind

EXCEL = "excel"
"""The date format of spreadsheet serial numbers: days since 1899-12-30."""
EXCEL_FIRST, EXCEL_LAST = 20_000, 60_000
"""Serial numbers of 1954 to 2064; others are more likely plain numbers."""
BETWEEN = "|"
"""Parts several formats of one column; they are tried in turn."""

MONTH_FIRST_ZONES = ("America/", "US/", "Pacific/Guam", "Pacific/Honolulu")
_MONTH_FIRST_BUT = (
    "America/Argentina",
    "America/Sao_Paulo",
    "America/Mexico_City",
    "America/Bogota",
    "America/Lima",
    "America/Santiago",
    "America/Montevideo",
    "America/Caracas",
    "America/Toronto",
    "America/Montreal",
)

_N = "[9Z]"
_DAY = f"{_N}9?"
_DATES: tuple[tuple[str, str], ...] = (
    (r"9999-[9Z]?9-99?", "%Y-%m-%d"),
    (r"9999/99?/99?", "%Y/%m/%d"),
    (r"9999\.99?\.99?", "%Y.%m.%d"),
    (rf"{_DAY}\.99?\.9999", "%d.%m.%Y"),
    (rf"{_DAY}\.99?\.99", "%d.%m.%y"),
    (rf"{_DAY}/99?/9999", "%d/%m/%Y"),
    (rf"{_DAY}/99?/99", "%d/%m/%y"),
    (rf"{_DAY}-99?-9999", "%d-%m-%Y"),
    (r"99999999", "%Y%m%d"),
)
_TIMES: tuple[tuple[str, str], ...] = (
    (rf"{_N}9?:99", "%H:%M"),
    (rf"{_N}9?:99:99", "%H:%M:%S"),
    (rf"{_N}9?:99:99[.]9{{1,6}}", "%H:%M:%S.%f"),
    (rf"{_N}9?:99 ?[AaPp][Mm]", "%I:%M %p"),
    (rf"{_N}9?:99:99 ?[AaPp][Mm]", "%I:%M:%S %p"),
)
_JOINTS = ((" ", " "), ("T", "T"), (", ", ", "), (" - ", " - "), ("  ", "  "))
_OFFSET = r"(?:Z|UTC| ?[+-]99(?::?99)?)"
_ISO_DATETIME = re.compile(rf"^9999-99-99[T ]99:99(?::99(?:[.]9+)?)?{_OFFSET}?$")
_OFFSET_END = re.compile(rf":99(?:[.]9+)?{_OFFSET}$")
_QUOTED = re.compile(r"^(['\"])(.*)\1$")


@dataclass(frozen=True, slots=True)
class DateStyle:
    """How the dates of a column are written."""

    kind: Kind
    format: str
    """A strptime format, `excel`, several of them parted by `|`, or empty for ISO 8601."""
    rows: int
    by: Shape
    has_offset: bool = False
    order_by: str = ""
    """What settled day or month first: `value`, `zone`, or nothing where there is no doubt."""
    order_example: str = ""


def _patterns() -> list[tuple[re.Pattern[str], str, Kind]]:
    found = [(re.compile(f"^{shape}$"), text, Kind.DATE) for shape, text in _DATES]
    found += [(re.compile(f"^{shape}$"), text, Kind.TIME) for shape, text in _TIMES]
    for day, day_text in _DATES[:-1]:
        for time, time_text in _TIMES:
            for joint, joint_text in _JOINTS:
                pattern = re.compile(f"^{day}{joint}{time}$")
                found.append((pattern, day_text + joint_text + time_text, Kind.DATETIME))
    return found


_PATTERNS = _patterns()
_MAY_MATCH = re.compile(r"[9Z]+[-/.:]|99999999$")
"""How every shape begins that one of the patterns matches, and few others: most cells of a table are no dates."""


def _format_of(shape: str) -> tuple[str, Kind] | None:
    """The strptime format and kind of one shape; quotes around it stay in the format."""
    quoted = _QUOTED.match(shape)
    if quoted:
        inner = _format_of(quoted[2])
        return (f"{quoted[1]}{_explicit(*inner)}{quoted[1]}", inner[1]) if inner else None
    if not _MAY_MATCH.match(shape):
        return None
    if _ISO_DATETIME.match(shape):
        return "", Kind.DATETIME
    for pattern, text, kind in _PATTERNS:
        if pattern.match(shape):
            tight = shape[-3:-2] != " "
            return ("" if text == "%Y-%m-%d" else text.replace(" %p", "%p") if tight else text), kind
    return None


def _explicit(text: str, kind: Kind) -> str:
    if text:
        return text
    return "%Y-%m-%d" if kind is Kind.DATE else "%Y-%m-%d %H:%M"


def date_style(sample: ColumnSample, zone: str, *, date_heading: bool) -> DateStyle | None:
    """The date or time style that most cells share; None where fewer than half have one."""
    by_format: dict[tuple[str, Kind], list[Shape]] = {}
    for shape in sample.shapes:
        found = _format_of(shape.text)
        if found and (found[0] != "%Y%m%d" or _are_compact_days(sample, date_heading=date_heading)):
            by_format.setdefault(found, []).append(shape)
    if date_heading and not by_format:
        return _serials(sample)
    if not by_format:
        return None
    ranked = sorted(by_format.items(), key=lambda item: -sum(s.rows for s in item[1]))
    kind = ranked[0][0][1]
    if kind is Kind.DATE and any(item[0][1] is Kind.DATETIME for item in ranked):
        kind = Kind.DATETIME  # a spreadsheet writes midnight without its time
    same = [item for item in ranked if item[0][1] is kind]
    if kind is Kind.DATETIME:
        same += [item for item in ranked if item[0][1] is Kind.DATE]
    formats = list(dict.fromkeys(item[0][0] for item in same))
    rows = sum(s.rows for item in same for s in item[1])
    style = DateStyle(kind, BETWEEN.join(formats), rows, same[0][1][0])
    if formats == [""]:
        return replace(style, has_offset=any(_OFFSET_END.search(s.text) for s in same[0][1]))
    return _with_serials(_ordered(style, sample, zone), sample)


def _with_serials(style: DateStyle, sample: ColumnSample) -> DateStyle:
    """Serial numbers that Excel left between real dates are read as dates too."""
    rows = sum(n for value, n in sample.values if _is_serial(value))
    if not rows or style.kind is Kind.TIME or "%Y%m%d" in style.format:
        return style
    return replace(style, format=f"{style.format}{BETWEEN}{EXCEL}", rows=style.rows + rows)


def _is_serial(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) == 5 and EXCEL_FIRST <= int(value) <= EXCEL_LAST


def _serials(sample: ColumnSample) -> DateStyle | None:
    rows = sum(n for value, n in sample.values if _is_serial(value.split(".")[0]))
    whole = sum(n for value, n in sample.values if _is_serial(value))
    if not rows or rows < 0.9 * sum(n for _, n in sample.values):
        return None
    kind = Kind.DATE if whole == rows else Kind.DATETIME
    return DateStyle(kind, EXCEL, rows, sample.shapes[0])


def _are_compact_days(sample: ColumnSample, *, date_heading: bool) -> bool:
    """Are eight-digit numbers days (20260131)? All must be; heading or number must support it."""
    digits = [value for value, _ in sample.values if len(value) == 8 and value.isascii() and value.isdigit()]
    if not digits or not (date_heading or len(digits) >= 20):
        return False
    return all("1900" <= value[:4] <= "2100" and _is_day(value) for value in digits)


def _is_day(value: str) -> bool:
    try:
        date(int(value[:4]), int(value[4:6]), int(value[6:]))
    except ValueError:
        return False
    return True


_TWO_PARTS = re.compile(r"^['\"]?(\d{1,2})[/-](\d{1,2})[/-]\d{2,4}", re.ASCII)


def _ordered(style: DateStyle, sample: ColumnSample, zone: str) -> DateStyle:
    """Settle day/month against month/day: a part above 12 is the day; without one the zone decides."""
    if not re.search(r"%d[/-]%m", style.format):
        return style
    first = second = 0
    examples = ["", ""]
    for value, _ in sample.values:
        parts = _TWO_PARTS.match(value)
        if not parts:
            continue
        if int(parts[1]) > max(12, first):
            first, examples[0] = int(parts[1]), value
        if int(parts[2]) > max(12, second):
            second, examples[1] = int(parts[2]), value
    if first and not second:
        return replace(style, order_by="value", order_example=examples[0])
    month_first = re.sub(r"%d([/-])%m", r"%m\1%d", style.format)
    if second and not first:
        return replace(style, format=month_first, order_by="value", order_example=examples[1])
    if first and second:
        return replace(style, order_by="mixed", order_example=examples[1])
    if zone.startswith(MONTH_FIRST_ZONES) and not zone.startswith(_MONTH_FIRST_BUT):
        return replace(style, format=month_first, order_by="zone")
    return replace(style, order_by="zone")
