# SPDX-License-Identifier: EUPL-1.2
"""What changed between two versions, row by row."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext

from stoa.commons.lake.values import ChangedRow, Comparison
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound
from stoa.ground.tables import ROW, ColumnSpec
from stoa.houses.catalogue.models import Dataset, Version
from stoa.houses.catalogue.pages.public.addresses import address
from stoa.houses.catalogue.pages.public.opening import Opened, frame, open_dataset, principal_of, public_page
from stoa.houses.catalogue.pages.public.showing import in_words, kind_words
from stoa.houses.catalogue.queries.datasets import version_of, versions_of
from stoa.houses.catalogue.queries.figures import CHANGES, differences
from stoa.houses.catalogue.rules.table_questions import is_label_number, plain_label, title_column
from stoa.web.notation import day
from stoa.web.parts import Diff, DiffRow, Pager

MOST_COLUMNS = 12
MOST_OFFSET = 100_000


@public_page
def changes(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """Version `number` beside the one before, or beside `?from=`."""
    opened = open_dataset(request, slug, with_rows=True)
    by = principal_of(request)
    new = version_of(opened.dataset, by, number=number)
    old = _older(opened.dataset, by, request.GET.get("from", ""), new)
    offset = min(_number(request.GET.get("offset", "")), MOST_OFFSET)
    found = differences(old, new, offset=offset)
    facts = {"old": old.number, "new": new.number, "old_day": day(old.made_at), "new_day": day(new.made_at)}
    heading = gettext("What changed from version %(old)s to version %(new)s") % facts
    lead = gettext("Version %(old)s was published on %(old_day)s, version %(new)s on %(new_day)s.") % facts
    context = frame(request, opened, "versions", heading=heading, lead=lead, below=gettext("What changed"))
    context |= {
        "old": old,
        "new": new,
        "figures": [
            (found.changed, gettext("rows changed")),
            (found.added, gettext("rows added")),
            (found.removed, gettext("rows removed")),
            (found.same, gettext("rows the same")),
        ],
        "schema": schema_words(found),
        "by_column": [
            (_label(new, old, name), n)
            for name, n in sorted(found.changed_by_column.items(), key=lambda pair: -pair[1])
        ],
        "by_key": found.by_key,
        "diff": diff_of(found, old, new) if found.sample else None,
        "pager": _pager(opened, old, new, found, offset),
        "others": [
            (v.number, v.made_at, v.pk == old.pk)
            for v in versions_of(opened.dataset, by)
            if v.dropped_at is None and v.pk != new.pk
        ],
        "action": address("dataset-changes", slug, number),
    }
    return render(request, "catalogue/public/changes.html", context)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _older(dataset: Dataset, by: Principal, asked: str, new: Version) -> Version:
    """The version to compare with: the one asked for, else the newest kept one before."""
    if asked:
        return version_of(dataset, by, number=_number(asked) or -1)
    before = [v for v in versions_of(dataset, by) if v.number < new.number and v.dropped_at is None]
    if not before:
        raise NotFound("version", str(new.number - 1))
    return before[0]


def _label(new: Version, old: Version, name: str) -> str:
    spec = new.ref.column(name) or old.ref.column(name)
    return plain_label(spec) if spec else gettext("Place") if name == "geometry" else name


def schema_words(found: Comparison) -> list[str]:
    """Changes of the columns as sentences."""
    words, change = kind_words(), found.schema
    told = [gettext("The column “%(name)s” is new.") % {"name": spec.label} for spec in change.added]
    told += [gettext("The column “%(name)s” is gone.") % {"name": spec.label} for spec in change.removed]
    for old, new in change.retyped:
        facts = {"name": new.label, "old": _kind(old, words), "new": _kind(new, words)}
        told.append(gettext("The column “%(name)s” was “%(old)s” and is “%(new)s” now.") % facts)
    return told


def _kind(spec: ColumnSpec, words: Any) -> str:
    return f"{words[spec.kind]}, {spec.unit}" if spec.unit else str(words[spec.kind])


def diff_of(found: Comparison, old: Version, new: Version) -> Diff:
    """The rows of a page of differences; the columns that changed most come first."""
    touched = sorted(found.changed_by_column, key=lambda name: -found.changed_by_column[name])
    names = [spec.name for spec in new.specs] + [spec.name for spec in old.specs]
    first = [title_column(new.specs, new.key)] if not found.by_key else []
    shown = [n for n in dict.fromkeys([*first, *touched, *names]) if n not in found.by_key and (n in names)][
        :MOST_COLUMNS
    ]
    rows = [
        _diff_row(change, place, found.by_key, shown, (new, old))
        for place, change in enumerate(found.sample, start=1)
    ]
    key_label = ", ".join(_label(new, old, name) for name in found.by_key) or gettext("Row")
    return Diff(gettext("Rows that differ"), key_label, [_label(new, old, name) for name in shown], rows)


def _diff_row(
    change: ChangedRow, place: int, key: tuple[str, ...], shown: list[str], versions: tuple[Version, Version]
) -> DiffRow:
    new, old = versions
    either = change.after or change.before or {}
    name = ", ".join(in_words(either.get(column), is_name=True) for column in key) or str(
        either.get(ROW, place)
    )

    def cells(values: dict[str, Any] | None) -> list[str] | None:
        if values is None:
            return None
        specs = [new.ref.column(column) or old.ref.column(column) for column in shown]
        return [_text(values.get(column), spec, new) for column, spec in zip(shown, specs, strict=True)]

    return DiffRow(name, cells(change.before), cells(change.after))


def _text(value: Any, spec: ColumnSpec | None, version: Version) -> str:
    return in_words(value, is_name=bool(spec) and is_label_number(spec, version.key))  # type: ignore[arg-type]


def _pager(opened: Opened, old: Version, new: Version, found: Comparison, offset: int) -> Pager | None:
    total = found.changed + found.added + found.removed
    if total <= CHANGES and not offset:
        return None

    def to(place: int) -> str:
        return address(
            "dataset-changes",
            opened.dataset.slug,
            new.number,
            pairs=[("from", str(old.number)), ("offset", str(place))],
        )

    last = offset + len(found.sample)
    return Pager(
        min(offset + 1, last),
        last,
        total,
        previous_url=to(max(0, offset - CHANGES)) if offset else "",
        next_url=to(offset + CHANGES) if last < total and offset + CHANGES <= MOST_OFFSET else "",
    )
