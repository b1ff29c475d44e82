# SPDX-License-Identifier: EUPL-1.2
"""The first rows of a file as readers will see them."""

from __future__ import annotations

from django.utils.translation import gettext, ngettext

from stoa.commons.reading.report import Inspection
from stoa.ground.tables import Kind
from stoa.houses.catalogue.pages.public.showing import cell
from stoa.houses.catalogue.queries.desk_preview import preview_of
from stoa.web.notation import number
from stoa.web.parts import Cell, Column, Row, Table


def preview_table(inspection: Inspection) -> Table | None:
    """The table; None when what was read has been cleared away."""
    found = preview_of(inspection)
    if found is None:
        return None
    key = inspection.recipe.key
    figures = {Kind.INTEGER, Kind.NUMBER}
    columns = [Column(gettext("Row"), is_number=True)]
    columns += [
        Column(spec.label, spec.name, spec.unit, is_number=spec.kind in figures) for spec in found.columns
    ]
    if found.has_place:
        columns.append(Column(gettext("Place")))
    rows = []
    for values in found.rows:
        cells = [cell(value, spec, key) for value, spec in zip(values[1:], found.columns, strict=False)]
        place = [Cell(str(values[-1]))] if found.has_place else []
        rows.append(Row([Cell(number(values[0])), *cells, *place]))
    left = found.left_out
    hint = (
        ngettext("%(n)s more column is not shown here.", "%(n)s more columns are not shown here.", left)
        % {"n": number(left)}
        if left
        else ""
    )
    return Table(gettext("The first rows as they would be published"), columns, rows, hint)
