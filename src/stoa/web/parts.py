# SPDX-License-Identifier: EUPL-1.2
"""What the parts of a page are made of: values that pages build and the template tags of `web` draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, NamedTuple

from django.forms import (
    BaseForm,
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    DecimalField,
    FileInput,
    FloatField,
    NumberInput,
    RadioSelect,
    TextInput,
    Widget,
)
from django.utils.translation import gettext

from stoa.ground.geometry import Box


@dataclass(frozen=True, slots=True)
class Pager:
    """Where one is in a long list. Addresses are empty where there is no way on."""

    first: int
    """Place of the first entry shown, from 1."""
    last: int
    total: int | None = None
    previous_url: str = ""
    next_url: str = ""
    first_url: str = ""


@dataclass(frozen=True, slots=True)
class FacetOption:
    """One value of a filter; following the address sets or unsets it."""

    label: str
    url: str
    count: int | None = None
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """One filter of a search."""

    label: str
    options: Sequence[FacetOption]
    is_open: bool = False

    @property
    def is_shown_open(self) -> bool:
        return self.is_open or any(option.is_chosen for option in self.options)


class Sorted(StrEnum):
    """How a column is sorted, in the words of aria-sort."""

    NO = "none"
    UP = "ascending"
    DOWN = "descending"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table. With `sort_url` the heading becomes a link."""

    label: str
    name: str = ""
    unit: str = ""
    is_number: bool = False
    is_heading: bool = False
    """The column that names the row, read out with every cell; at most one."""
    is_long: bool = False
    sort_url: str = ""
    sorted: Sorted = Sorted.NO


class Cell(NamedTuple):
    """What stands in a cell; `value` is what a machine reads (charts, copying), without notation."""

    text: str
    value: str = ""
    url: str = ""
    live: str = ""
    """What a script puts here when news of the row's series come in: `age`, or the kind of its values."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `cells` in the order of the columns. `url` leads to the row's own page."""

    cells: Sequence[Cell | str]
    url: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as readers see it. `caption` says what its rows are."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    hint: str = ""
    is_tall: bool = False
    """Scrolls by itself below a heading that stays."""
    has_column_chooser: bool = False
    is_caption_hidden: bool = False

    @property
    def pairs(self) -> list[tuple[Row, list[tuple[Column, Cell]]]]:
        """Each row with its cells beside their columns."""
        return [
            (row, [(c, _cell(cell)) for c, cell in zip(self.columns, row.cells, strict=True)])
            for row in self.rows
        ]


def _cell(cell: Cell | str) -> Cell:
    return cell if isinstance(cell, Cell) else Cell(cell)


class ChartKind(StrEnum):
    """line and area: the first column is time or a number; bar: it names things; column: it names periods."""

    LINE = "line"
    AREA = "area"
    BAR = "bar"
    COLUMN = "column"


@dataclass(frozen=True, slots=True)
class Chart:
    """One message as a picture, and its table.

    The table's first column is the x axis or the names, every further number column is a series. Cells carry
    `value` without notation: decimal point, ISO dates.
    """

    kind: ChartKind
    title: str
    """The message as a sentence: "Cycling has grown by a third since 2019"."""
    table: Table
    subtitle: str = ""
    """What is measured, in which unit, where."""
    source: str = ""
    """Where it comes from and of what time."""
    unit: str = ""


class LegendClass(NamedTuple):
    """One class of the map: its words and which of the seven series colours."""

    label: str
    series: int = 1
    value: str = ""
    """The value of the class column that falls in it."""


@dataclass(frozen=True, slots=True)
class MapLayer:
    """One layer of places. `tiles_url` holds {z}, {x}, {y}; or `geojson_url` for a few places."""

    title: str
    tiles_url: str = ""
    source_layer: str = "default"
    geojson_url: str = ""
    bounds: Box | None = None
    classes: Sequence[LegendClass] = ()
    class_column: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Column name to heading, in the order the popup lists them; empty: all that the tile carries."""
    row_url: str = ""
    """Address of a row's own page, with {row} for its number (`_row`)."""
    details_url: str = ""
    """Address with {row} that answers JSON {"title", "rows": [[heading, value], ...]}; else tile values."""
    list_url: str = ""
    """The same places as a table."""
    attribution: str = ""
    max_zoom: int = 16
    is_live: bool = False
    """Places of `geojson_url` are newest values (`result`, `unit`): they are written beside them, and change by
    themselves where a live bar stands on the page."""

    @property
    def config(self) -> dict[str, Any]:
        """What the script needs, as JSON."""
        return {
            "tiles": self.tiles_url,
            "layer": self.source_layer,
            "geojson": self.geojson_url,
            "bounds": [*self.bounds] if self.bounds else None,
            "classColumn": self.class_column,
            "classes": [[one.value, one.series] for one in self.classes],
            "labels": [*self.labels.items()],
            "rowUrl": self.row_url,
            "detailsUrl": self.details_url,
            "maxZoom": self.max_zoom,
            "live": self.is_live,
        }


class ScorePart(NamedTuple):
    """One part of a score, 0 to 100, with the reason in words."""

    label: str
    points: float
    why: str = ""

    @property
    def mood(self) -> str:
        return "bad" if self.points < 40 else "warn" if self.points < 70 else ""

    @property
    def word(self) -> str:
        """The mood in a word, so that it never hangs on a colour."""
        return {"bad": gettext("poor"), "warn": gettext("fair")}.get(self.mood, gettext("good"))


class DiffRow(NamedTuple):
    """One row that differs. `before` is None where it was added, `after` where it was removed."""

    key: str
    before: Sequence[str] | None
    after: Sequence[str] | None
    url: str = ""

    @property
    def change(self) -> Literal["added", "removed", "changed"]:
        return "added" if self.before is None else "removed" if self.after is None else "changed"

    @property
    def cells(self) -> list[tuple[str | None, str | None]]:
        """(before, after) per column; equal where nothing changed."""
        gap: list[str | None] = [None] * len(self.before or self.after or ())
        return [*zip(self.before or gap, self.after or gap, strict=True)]


@dataclass(frozen=True, slots=True)
class Diff:
    """Rows that differ between two versions."""

    caption: str
    key_label: str
    columns: Sequence[str]
    rows: Sequence[DiffRow]


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How far a job is. The address answers JSON {"share", "label", "is_done", "next_url"}."""

    label: str
    poll_url: str
    share: float | None = None
    """0 to 1; None while it cannot be known."""
    next_url: str = ""
    is_done: bool = False


# --- forms ---


def form_errors(form: BaseForm) -> list[tuple[str, str]]:
    """(id of the control or empty, sentence) for all that is wrong, the form as a whole first."""
    general = [("", str(error)) for error in form.non_field_errors()]
    return general + [
        (control_id(form[name]), f"{form[name].label}: {error}")
        for name, errors in form.errors.items()
        if name in form.fields
        for error in errors
    ]


def is_group(bound: BoundField) -> bool:
    """Whether the control is several controls, so that it needs a fieldset and a legend."""
    return isinstance(bound.field.widget, (RadioSelect, CheckboxSelectMultiple))


def control_id(bound: BoundField) -> str:
    """The id of what takes the focus: of a group, its first choice."""
    return f"{bound.auto_id}_0" if is_group(bound) else str(bound.auto_id)


def field_template(bound: BoundField) -> str:
    """Which part draws this field."""
    widget = bound.field.widget
    if isinstance(widget, FileInput):
        return "field_file"
    if is_group(bound):
        return "field_group"
    return "field_check" if isinstance(widget, CheckboxInput) else "field"


def _widget(bound: BoundField) -> Widget | None:
    """Numbers are typed into a text field: a number field throws away what it cannot read."""
    if not isinstance(bound.field.widget, NumberInput):
        return None
    keys = "decimal" if isinstance(bound.field, (FloatField, DecimalField)) else "numeric"
    known = {
        name: value for name, value in bound.field.widget.attrs.items() if name not in {"min", "max", "step"}
    }
    return TextInput({**known, "inputmode": keys, "class": "short"})


def field_context(bound: BoundField, hint: str = "") -> dict[str, Any]:
    """The field with its control rendered so that ears hear hint and error with it."""
    hint = hint or str(bound.help_text or "")
    described = [f"{bound.auto_id}-hint"] * bool(hint) + [f"{bound.auto_id}-error"] * bool(bound.errors)
    attributes: dict[str, str | bool] = {}
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if bound.errors and not is_group(bound):
        attributes["aria-invalid"] = "true"
    return {
        "bound": bound,
        "hint": hint,
        "described": attributes.get("aria-describedby", ""),
        "control": bound.as_widget(_widget(bound), attrs=None if is_group(bound) else attributes),
        "options": list(bound) if is_group(bound) else (),
        "error_id": f"{bound.auto_id}-error",
        "hint_id": f"{bound.auto_id}-hint",
    }
