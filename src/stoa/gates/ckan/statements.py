# SPDX-License-Identifier: EUPL-1.2
"""`datastore_search_sql`: one SELECT over tables that are called by the ids of their resources."""

from __future__ import annotations

import re
from typing import Any

from stoa.gates.ckan import entries
from stoa.gates.ckan.calls import Call, reading
from stoa.ground.problems import NotFound
from stoa.houses.catalogue.door import sql, usage
from stoa.standards.ckan import asked, datastore
from stoa.standards.ckan.packages import TABLE
from stoa.standards.ckan.problems import Denied

MOST_LETTERS = 50_000
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_MOST_TABLES = 20


@reading
def datastore_search_sql(call: Call) -> dict[str, Any]:
    """The answer of one SELECT (`sql`), at most 32000 rows. Tables are called by the id of their resource in double
    quotes, or by the name of the dataset; `_id` is the number of the row."""
    statement = asked.needed(call.asked, "sql", most=MOST_LETTERS)
    answer = sql.run(
        city=call.city,
        by=call.by,
        statement=statement,
        limit=datastore.MOST_RECORDS,
        names=_names(call, statement),
        row_as=datastore.ID,
    )
    names = [column.name for column in answer.columns]
    for slug in answer.tables:
        usage.note(city=call.city, uid=slug, gate="ckan", kind="sql", rows=len(answer.rows))
    found = {
        "sql": statement,
        "records": datastore.rows_as("objects", names, answer.rows),
        "fields": [datastore.field_of(column.name, column.kind) for column in answer.columns],
    }
    return found | ({"records_truncated": True} if answer.truncated else {})


def _names(call: Call, statement: str) -> dict[str, str]:
    """Names of datasets by the ids of resources that stand in a statement; what cannot be read has none."""
    told = list(dict.fromkeys(_ID.findall(statement)))
    if len(told) > _MOST_TABLES:
        raise Denied(f"at most {_MOST_TABLES} tables in one statement")
    found = {}
    for one in told:
        try:
            entry, code = entries.resource_entry(call, one)
        except NotFound:
            continue
        if code == TABLE:
            found[one] = entry.card.slug
    return found
