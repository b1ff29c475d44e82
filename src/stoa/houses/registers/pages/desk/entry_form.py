# SPDX-License-Identifier: EUPL-1.2
"""The form of an entry, made from its declaration; what is sent is read by the rules of the registers alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms import BoundField
from django.forms.utils import ErrorDict
from django.utils.translation import gettext

from stoa.ground.problems import Problem
from stoa.houses.registers.pages.words import option_words, worded
from stoa.houses.registers.rules.declaring import Field, FieldType, Kind, When
from stoa.houses.registers.rules.reading import MOST
from stoa.web.notation import in_words

FEW = 6
"""Up to so many choices are shown as buttons, more as a list to open."""
_LINES = {FieldType.LONG_TEXT: 4, FieldType.WORDS: 3, FieldType.THINGS: 3, FieldType.ENTRIES: 3}
_AXES = ("lon", "lat")


class EntryForm(forms.Form):
    """Every field of a kind; nothing is refused here, because a draft may lack what the public needs."""

    use_required_attribute = False

    def __init__(self, kind: Kind, data: Mapping[str, Any] | None, values: Mapping[str, Any]) -> None:
        super().__init__(data, label_suffix="")
        self.kind = kind
        self.row_counts = {one.name: self._row_count(one, values) for one in kind if one.columns}
        for one in kind:
            self._add(one, values)

    def full_clean(self) -> None:
        """Nothing is cleaned: the rules read the raw values, and their problems are put beside the fields."""
        self._errors = ErrorDict()
        self.cleaned_data = {}

    def _row_count(self, declared: Field, values: Mapping[str, Any]) -> int:
        """The rows that are there, one more to fill in, and never more than the field takes."""
        most = declared.most or MOST[FieldType.ROWS]
        sent = [
            int(place)
            for name in self.data
            if name.startswith(f"{declared.name}.")
            and (place := name.split(".")[1]).isdigit()
            and len(place) < 3
        ]
        there = max(len(values.get(declared.name) or ()), max(sent, default=-1) + 1 if self.is_bound else 0)
        return min(there if self.is_bound else there + 1, most)

    def _add(self, declared: Field, values: Mapping[str, Any]) -> None:
        value = values.get(declared.name)
        if declared.type is FieldType.ROWS:
            rows = value or []
            for place in range(self.row_counts[declared.name]):
                row = rows[place] if place < len(rows) else {}
                for column in declared.columns:
                    name = f"{declared.name}.{place}.{column.name}"
                    self.fields[name] = _control(self.kind, column, row.get(column.name), in_row=True)
        elif declared.type is FieldType.PLACE:
            for axis, (name, words) in enumerate(
                zip(_AXES, (gettext("Longitude"), gettext("Latitude")), strict=True)
            ):
                control = _control(self.kind, declared, value[axis] if value else "")
                control.label = f"{worded(declared.label)}: {words}"
                control.help_text = control.help_text if axis == 0 else ""
                self.fields[f"{declared.name}.{name}"] = control
        else:
            self.fields[declared.name] = _control(self.kind, declared, value)

    def raw(self) -> dict[str, Any]:
        """What was sent, by field, as `rules.reading` takes it."""
        return {one.name: self._raw(one) for one in self.kind}

    def _raw(self, declared: Field) -> Any:
        if declared.type is FieldType.ROWS:
            return [
                {
                    column.name: self._sent(f"{declared.name}.{place}.{column.name}")
                    for column in declared.columns
                }
                for place in range(self.row_counts[declared.name])
            ]
        if declared.type is FieldType.PLACE:
            return [self._sent(f"{declared.name}.{axis}") for axis in _AXES]
        return self._sent(declared.name)

    def _sent(self, name: str) -> Any:
        widget = self.fields[name].widget
        return widget.value_from_datadict(self.data, self.files, name)

    def put(self, problems: Iterable[Problem]) -> list[Problem]:
        """Put problems beside the fields that they are about; returns those that are about none."""
        rest = []
        for problem in problems:
            names = (problem.field, f"{problem.field}.{_AXES[0]}", *self._first_cell(problem.field))
            name = next((one for one in names if one in self.fields), None)
            if name is None:
                rest.append(problem)
            else:
                self.add_error(name, f"{in_words(problem.what)} {in_words(problem.do)}".strip())
        return rest

    def _first_cell(self, name: str) -> list[str]:
        return [one for one in self.fields if one.startswith(f"{name}.0.")][:1] if name else []

    def parts(self) -> list[FormPart]:
        """The fields in the groups of the declaration, those of small tables row by row."""
        found = []
        for group in self.kind.groups:
            part = FormPart(worded(group.title), worded(group.about))
            for declared in group.fields:
                part.items.append(self._item(declared))
            found.append(part)
        return found

    def _item(self, declared: Field) -> FormItem:
        if declared.type is FieldType.PLACE:
            return FormItem(bounds=[self[f"{declared.name}.{axis}"] for axis in _AXES])
        if declared.type is not FieldType.ROWS:
            return FormItem(bounds=[self[declared.name]])
        rows = [
            [self[f"{declared.name}.{place}.{column.name}"] for column in declared.columns]
            for place in range(self.row_counts[declared.name])
        ]
        return FormItem(title=worded(declared.label), hint=hint_of(self.kind, declared), rows=rows)


@dataclass(slots=True)
class FormItem:
    """One field with its controls, or a small table with its rows."""

    bounds: list[BoundField] = field(default_factory=list)
    title: str = ""
    hint: str = ""
    rows: list[list[BoundField]] = field(default_factory=list)


@dataclass(slots=True)
class FormPart:
    """One group of fields."""

    title: str
    about: str
    items: list[FormItem] = field(default_factory=list)


def _control(kind: Kind, declared: Field, value: Any, *, in_row: bool = False) -> forms.Field:
    words = {"label": worded(declared.label), "help_text": hint_of(kind, declared)}
    common: dict[str, Any] = {**words, "required": declared.is_required or declared.required_when is not None}
    options = list(option_words(declared).items())
    if declared.type is FieldType.CODES:
        return forms.MultipleChoiceField(
            choices=options, initial=value or [], widget=forms.CheckboxSelectMultiple, **common
        )
    if options:
        few = len(options) <= FEW and not in_row
        widget = forms.RadioSelect if few else forms.Select
        choices = options if few else [("", gettext("Choose one")), *options]
        return forms.ChoiceField(choices=choices, initial=value or "", widget=widget, **common)
    text = "\n".join(value) if isinstance(value, list) else "" if value is None else str(value)
    return forms.CharField(initial=text, widget=_text_widget(declared), **common)


def _text_widget(declared: Field) -> forms.Widget:
    if declared.type in _LINES:
        return forms.Textarea(attrs={"rows": _LINES[declared.type]})
    if declared.type is FieldType.DATE:
        return forms.TextInput(attrs={"type": "date", "class": "short"})
    if declared.type in {FieldType.NUMBER, FieldType.PLACE}:
        return forms.TextInput(
            attrs={"inputmode": "numeric" if declared.type is FieldType.NUMBER else "text", "class": "short"}
        )
    return forms.TextInput(attrs={"maxlength": str(declared.most or MOST[declared.type])})


def hint_of(kind: Kind, declared: Field) -> str:
    """The help of a field, when it is needed, and whether the public sees it."""
    said = [worded(declared.help)]
    if declared.required_when and not declared.is_required:
        said.append(_when(kind, declared.required_when, gettext("Needed where “%(field)s” says: %(codes)s.")))
    elif declared.used_when:
        said.append(_when(kind, declared.used_when, gettext("Only where “%(field)s” says: %(codes)s.")))
    if not declared.is_public:
        said.append(gettext("Not shown to the public."))
    return " ".join(filter(None, said))


def _when(kind: Kind, when: When, sentence: str) -> str:
    asked = kind.field(when.field)
    words = option_words(asked)
    codes = ", ".join(words.get(code, code) for code in when.is_one_of)
    return sentence % {"field": worded(asked.label), "codes": codes}
