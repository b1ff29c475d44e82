# SPDX-License-Identifier: EUPL-1.2
"""The controls of the filter form as HTML, joined by hand: sixty columns cost the template engine more than their rows."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from stoa.houses.catalogue.pages.public.filtering import Field, Input


def filter_fields(fields: Iterable[Field]) -> SafeString:
    """One group of controls a column; every text is escaped here."""
    everything = escape(gettext("all"))
    return mark_safe("".join(_field(field, everything) for field in fields))  # noqa: S308 - of escaped parts only


def _field(field: Field, everything: str) -> str:
    unit = f' <span class="unit">({escape(field.unit)})</span>' if field.unit else ""
    size = ' size="7"' if len(field.inputs) > 1 else ""
    controls = "".join(_control(one, size, everything) for one in field.inputs)
    return (
        f'<fieldset class="field"><legend>{escape(field.label)}{unit}</legend>'
        f'<div class="actions">{controls}</div></fieldset>\n'
    )


def _control(one: Input, size: str, everything: str) -> str:
    id_, name = escape(one.id), escape(one.name)
    label = f'<label for="{id_}" class="hint">{escape(one.label)}</label>'
    if one.type == "list":
        options = "".join(_option(value, words, chosen) for value, words, chosen in one.options)
        control = f'<select id="{id_}" name="{name}"><option value="">{everything}</option>{options}</select>'
    else:
        control = (
            f'<input id="{id_}" name="{name}" type="{escape(one.type)}" value="{escape(one.value)}"{size}>'
        )
    return f"<p>{label}{control}</p>"


def _option(value: str, words: str, is_chosen: bool) -> str:  # noqa: FBT001 - one of a triple of the form
    chosen = " selected" if is_chosen else ""
    return f'<option value="{escape(value)}"{chosen}>{escape(words)}</option>'


def column_choices(columns: Iterable[tuple[str, str, bool]], *, is_chosen: bool) -> SafeString:
    """A box to tick for every column: name, label, shown."""
    return mark_safe(  # noqa: S308 - made of escaped parts only
        "".join(
            f'<label class="choice"><input type="checkbox" name="columns" value="{escape(name)}"'
            f"{' checked' if is_chosen and is_shown else ''}><span>{escape(label)}</span></label>\n"
            for name, label, is_shown in columns
        )
    )
