# SPDX-License-Identifier: EUPL-1.2
"""The SQL that turns one text cell into a typed value, or into NULL if it cannot be read."""

from __future__ import annotations

from collections.abc import Callable

from stoa.commons.reading.recipe import RecipeColumn, Treatment
from stoa.commons.reading.rules.dates import BETWEEN, EXCEL
from stoa.commons.reading.rules.numbers import AFFIXES
from stoa.ground.tables import SQL_TYPE, Kind

_MARKS = {" ": " \u00a0\u202f\u2009", "'": "'’"}
_WIDE_BLANKS = (
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
"""What the engine's `trim` takes off beside the plain blank."""
_EPOCH = "TIMESTAMP '1899-12-30'"


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''").replace("\0", "") + "'"


def name(text: str) -> str:
    """A column name as a quoted SQL identifier."""
    return '"' + text.replace('"', '""') + '"'


def _is_padded(cell: str) -> str:
    """True where there may be blanks around a cell; `trim` looks at every character, this at the first and last."""
    odd_start = f"{cell} < '!' OR ({cell} >= '\u00a0' AND {cell} < '\u00a1') OR {cell} >= '\u1680'"
    odd_end = f"contains('{_WIDE_BLANKS}', {cell}[-1])"
    return f"{odd_start} OR suffix({cell}, ' ') OR (strlen({cell}) <> length({cell}) AND {odd_end})"


def trimmed(cell: str) -> str:
    """The cell without blanks around it; most have none."""
    return f"CASE WHEN {_is_padded(cell)} THEN trim({cell}) ELSE {cell} END"


def is_missing(cell: str, missing: tuple[str, ...]) -> str:
    """True where a cell holds nothing or one of the words for 'no value'."""
    words = ", ".join(literal(word) for word in dict.fromkeys(("", *missing)))
    return f"(trim({cell}) IN ({words}))"


def typed(cell: str, column: RecipeColumn, missing: tuple[str, ...], zone: str) -> str:
    """A text cell as a value of the column's kind."""
    if column.kind is Kind.TEXT:
        return _text(cell, missing)
    if column.kind is Kind.BOOLEAN:
        return _boolean(cell, column, missing)
    if column.kind is Kind.INTEGER:
        return _integer(cell, column)
    if column.kind is Kind.NUMBER:
        return _number(cell, column)
    return _moment(cell, column, zone)


def typed_native(cell: str, native: str, column: RecipeColumn, missing: tuple[str, ...], zone: str) -> str:
    """A value that the file itself types, as a value of the column's kind."""
    wanted = SQL_TYPE[column.kind]
    if native == "VARCHAR":
        return typed(cell, column, missing, zone)
    if native == wanted:
        return cell
    if column.kind is Kind.DATETIME and native.startswith("TIMESTAMP") and "ZONE" not in native:
        return f"timezone({literal(zone)}, {cell}::TIMESTAMP)"
    if column.kind is Kind.TEXT:
        return f"{cell}::VARCHAR"
    return f"TRY_CAST({cell} AS {wanted})"


def treated(value: str, column: RecipeColumn, zone: str) -> str:
    """The value after its treatment: generalised to year, month, area code or two significant digits."""
    if column.treatment is Treatment.YEAR and column.kind in {Kind.DATE, Kind.DATETIME}:
        return f"year({_local_day(value, column, zone)})::BIGINT"
    if column.treatment is Treatment.MONTH and column.kind in {Kind.DATE, Kind.DATETIME}:
        return f"date_trunc('month', {_local_day(value, column, zone)})::DATE"
    if column.treatment is Treatment.AREA_CODE and column.kind is Kind.TEXT:
        return f"left({value}, 3)"
    if column.treatment is Treatment.ROUND and column.kind in {Kind.INTEGER, Kind.NUMBER}:
        step = f"pow(10, floor(log10(abs({value}::DOUBLE))) - 1)"
        rounded = f"CASE WHEN {value} = 0 THEN 0 ELSE round({value} / {step}) * {step} END"
        return f"({rounded})::{SQL_TYPE[column.kind]}"
    return value


def _local_day(value: str, column: RecipeColumn, zone: str) -> str:
    return f"timezone({literal(zone)}, {value})" if column.kind is Kind.DATETIME else value


def _text(cell: str, missing: tuple[str, ...]) -> str:
    words = ", ".join(literal(word) for word in dict.fromkeys(("", *missing)))
    trimmed = f"CASE WHEN trim({cell}) IN ({words}) THEN NULL ELSE trim({cell}) END"
    return f"CASE WHEN {cell} IN ({words}) THEN NULL WHEN {_is_padded(cell)} THEN {trimmed} ELSE {cell} END"


def _boolean(cell: str, column: RecipeColumn, missing: tuple[str, ...]) -> str:
    told = {word.lower(): "true" for word in column.true_values} | {
        word.lower(): "false" for word in column.false_values
    }
    told = told or {"true": "true", "false": "false"}
    empty = told.pop("", None)
    cases = " ".join(f"WHEN {literal(word)} THEN {value}" for word, value in told.items())
    rest = f"ELSE CASE WHEN {cell} IS NULL OR {is_missing(cell, missing)} THEN {empty} END" if empty else ""
    return f"CASE lower(trim({cell})) {cases} {rest} END"


def _with_unit(read: Callable[[str], str], cell: str, column: RecipeColumn) -> str:
    """Read the cell as it is; only where its unit stands in it too it is taken off first."""
    if column.unit not in AFFIXES:
        return read(cell)
    unit = literal(column.unit)
    without = read(f"replace({cell}, {unit}, '')")
    return f"CASE WHEN contains({cell}, {unit}) THEN {without} ELSE {read(cell)} END"


def _integer(cell: str, column: RecipeColumn) -> str:
    if column.thousands:
        return _with_unit(
            lambda plain: f"TRY_CAST({_ungrouped(plain, column.thousands, '')} AS BIGINT)", cell, column
        )
    # The engine would round 1.5, take 0x1F, 1_000 and 1e3 for numbers, and a minus with a blank for 0.
    return _with_unit(
        lambda plain: (
            rf"CASE WHEN regexp_full_match({plain}, '\s*[+-]?\d+\s*') THEN TRY_CAST({plain} AS BIGINT) END"
        ),
        cell,
        column,
    )


def _ungrouped(cell: str, thousands: str, decimal: str) -> str:
    """The cell without its thousands marks; NULL where they do not part groups of three."""
    marks = _MARKS.get(thousands, thousands)
    mark = "[" + marks.replace("'", "''") + "]"
    fraction = rf"([{decimal}]\d*)?" if decimal else ""
    grouped = rf"^\s*[+-]?(\d{{1,3}}({mark}\d{{3}})+|\d+){fraction}\s*$"
    bare = cell
    for each in marks:
        bare = f"replace({bare}, {literal(each)}, '')"
    return f"CASE WHEN regexp_matches({cell}, '{grouped}') THEN {bare} END"


def _number(cell: str, column: RecipeColumn) -> str:
    return _with_unit(lambda plain: _decimal(plain, column), cell, column)


def _decimal(plain: str, column: RecipeColumn) -> str:
    if column.thousands:
        return _grouped_decimal(plain, column)
    # The engine knows 1_000, +-5, nan and Infinity; only the last two hold an n.
    odd = ["_", "+-", "n", "N"] + ([] if column.decimal == "." else ["."])
    is_odd = " OR ".join(f"contains({plain}, '{text}')" for text in odd)
    point = plain if column.decimal == "." else f"replace({plain}, {literal(column.decimal)}, '.')"
    # Few cells have blanks around them that the cast does not know: only what fails is trimmed.
    number = f"coalesce(TRY_CAST({point} AS DOUBLE), TRY_CAST(trim({point}) AS DOUBLE))"
    return f"CASE WHEN {is_odd} THEN NULL ELSE {number} END"


def _grouped_decimal(plain: str, column: RecipeColumn) -> str:
    """A number whose thousands may be marked; the costly look at the groups only where there is a mark."""
    has_mark = " OR ".join(
        f"contains({plain}, {literal(m)})" for m in _MARKS.get(column.thousands, column.thousands)
    )
    mark = "[" + column.decimal + "]"
    is_simple = rf"regexp_full_match({plain}, '\s*[+-]?\d+({mark}\d*)?\s*')"
    bare = f"CASE WHEN {has_mark} THEN {_ungrouped(plain, column.thousands, column.decimal)} WHEN {is_simple} THEN {plain} END"
    point = bare if column.decimal == "." else f"replace({bare}, {literal(column.decimal)}, '.')"
    return f"TRY_CAST({point} AS DOUBLE)"


def has_offset(cell: str) -> str:
    """True where a time says its offset from UTC."""
    return rf"regexp_matches({cell}, ':\d\d(\.\d+)?\s?(Z|UTC|[+-]\d\d(:?\d\d)?)\s*$')"


def local_moment(cell: str, column: RecipeColumn) -> str:
    """A text cell as the local time that stands there, before the time zone."""
    return _parsed(cell, column)


def _moment(cell: str, column: RecipeColumn, zone: str) -> str:
    formats = column.date_format.split(BETWEEN)
    if column.kind is Kind.TIME and "" in formats:
        return f"TRY_CAST({cell} AS TIME)"
    moment = _parsed(cell, column)
    if column.kind is not Kind.DATETIME:
        return f"({moment})::{SQL_TYPE[column.kind]}"
    return instant(cell, column, f"timezone({literal(zone)}, {moment})")


def instant(cell: str, column: RecipeColumn, local: str) -> str:
    """The instant of a cell: by the offset that stands in it, else as `local` says, which reads it in the zone."""
    if "" in column.date_format.split(BETWEEN):
        return f"CASE WHEN {has_offset(cell)} THEN TRY_CAST({cell} AS TIMESTAMPTZ) ELSE {local} END"
    return local


def _parsed(cell: str, column: RecipeColumn) -> str:
    formats = column.date_format.split(BETWEEN)
    told = [text for text in formats if text not in {"", EXCEL}]
    parts = []
    if told:
        forms = f"[{', '.join(literal(text) for text in told)}]"
        # Blanks around a date are rare: only what cannot be read as it is gets a second look.
        parts += [f"try_strptime({cell}, {forms})", f"try_strptime(trim({cell}), {forms})"]
    if "" in formats:
        parts.append(f"TRY_CAST({cell} AS TIMESTAMP)")
    if EXCEL in formats:
        serial = f"TRY_CAST({cell} AS DOUBLE)"
        parts.append(
            f"CASE WHEN {serial} BETWEEN 1 AND 200000 THEN {_EPOCH} + to_seconds(round({serial} * 86400)) END"
        )
    if column.kind is Kind.DATETIME:
        parts += [_midnight(cell, text) for text in told if "%H:%M" in text]
    if len(parts) <= 2:
        return parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"
    # The engine reads a cell twice in a coalesce of three; in a case once (0.19 and 0.10 s a million).
    return f"CASE WHEN {parts[0]} IS NOT NULL THEN {parts[0]} ELSE coalesce({', '.join(parts[1:])}) END"


def _midnight(cell: str, text: str) -> str:
    """`24:00` of a day is the first minute of the next."""
    day = f"replace(trim({cell}), '24:00', '00:00')"
    return (
        f"CASE WHEN contains({cell}, '24:00') THEN try_strptime({day}, {literal(text)}) + INTERVAL 1 DAY END"
    )
