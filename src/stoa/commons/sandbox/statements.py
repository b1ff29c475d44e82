# SPDX-License-Identifier: EUPL-1.2
"""Which statements pass: one question, over tables by plain names, with functions that compute and nothing else.

Works on the syntax tree that DuckDB itself gives (`json_serialize_sql`), so that no second parser can see
another statement than the one that runs. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

TABLE_FUNCTIONS = frozenset(
    {"generate_series", "range", "repeat", "repeat_row", "unnest", "json_each", "json_tree"}
)
"""The functions that may stand where a table stands; all others can reach files, settings or other statements."""
FORBIDDEN = frozenset(
    {
        "current_setting", "getenv", "getvariable", "query", "query_table", "nextval", "currval", "write_log",
        "parse_duckdb_log_message", "in_search_path", "pg_get_viewdef", "pg_get_expr", "get_block_size",
        "json_execute_serialized_sql", "json_deserialize_sql", "json_serialize_plan", "parse_path", "sleep_ms",
    }
)  # fmt: skip
FORBIDDEN_STARTS = (
    "duckdb_",
    "pragma_",
    "read_",
    "write_",
    "parquet_",
    "sniff_",
    "st_read",
    "st_drivers",
    "which_",
)
MOST_TABLES = 20
_SHOWN = frozenset({"SUMMARY", "DESCRIBE"})
_NOWHERE = 2**63


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a statement does not pass: a code, what it is about, and where it stands (byte offset, -1 unknown)."""

    code: str
    about: str = ""
    place: int = -1


@dataclass(frozen=True, slots=True)
class Looked:
    """What a statement reads."""

    tables: tuple[str, ...]
    """As written, each once without regard to case, in the order of the text."""
    needs_spatial: bool


def look(tree: Mapping[str, Any]) -> Looked | Objection:
    """Judge one parsed statement."""
    names: dict[str, str] = {}
    needs_spatial = False
    for node, ctes in _walk(tree, frozenset()):
        objection = _objection(node, ctes)
        if objection is not None:
            return objection
        if node.get("type") == "BASE_TABLE" and node["table_name"].lower() not in ctes:
            names.setdefault(node["table_name"].lower(), node["table_name"])
        needs_spatial |= str(node.get("function_name", "")).lower().startswith("st_")
    if len(names) > MOST_TABLES:
        return Objection("many_tables", str(MOST_TABLES))
    return Looked(tuple(names.values()), needs_spatial)


def _walk(start: Any, ctes: frozenset[str]) -> Iterator[tuple[Mapping[str, Any], frozenset[str]]]:
    """Every node with the names of the WITH tables that it can see; without recursion, trees may be deep."""
    waiting: list[tuple[Any, frozenset[str]]] = [(start, ctes)]
    while waiting:
        node, seen = waiting.pop()
        if isinstance(node, list):
            waiting.extend((part, seen) for part in reversed(node))
        elif isinstance(node, Mapping):
            entries = _with_entries(node)
            for entry in entries:
                name, body = str(entry.get("key", "")).lower(), entry.get("value")
                # A table of this name in its own text is itself only if it is recursive.
                waiting.append((body, seen | {name} if _is_recursive(body) else seen))
                seen |= {name}
            yield node, seen
            parts = [value for key, value in node.items() if key != "cte_map" or not entries]
            waiting.extend((part, seen) for part in reversed(parts))


def _with_entries(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = node.get("cte_map")
    entries = found.get("map") if isinstance(found, Mapping) else None
    return [entry for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list) else []


def _is_recursive(body: Any) -> bool:
    query = body.get("query") if isinstance(body, Mapping) else None
    node = query.get("node") if isinstance(query, Mapping) else None
    return isinstance(node, Mapping) and node.get("type") == "RECURSIVE_CTE_NODE"


def _objection(node: Mapping[str, Any], ctes: frozenset[str]) -> Objection | None:
    kind = node.get("type")
    if kind == "BASE_TABLE" and (node.get("schema_name") or node.get("catalog_name")):
        whole = ".".join(
            filter(None, [node.get("catalog_name"), node.get("schema_name"), node["table_name"]])
        )
        return Objection("table_qualified", whole, _place(node))
    if kind == "SHOW_REF" and (node.get("show_type") not in _SHOWN or not node.get("query")):
        return Objection("not_a_question", "SHOW", _place(node))
    if kind == "TABLE_FUNCTION":
        name = str(node.get("function", {}).get("function_name", "")).lower()
        if name not in TABLE_FUNCTIONS:
            return Objection("function_unavailable", name, _place(node))
    if node.get("class") == "FUNCTION" or "function_name" in node:
        return _function_objection(node)
    if node.get("class") == "PARAMETER":
        return Objection("parameter", "", _place(node))
    return None


def _function_objection(node: Mapping[str, Any]) -> Objection | None:
    name = str(node.get("function_name", "")).lower()
    if name in FORBIDDEN or name.startswith(FORBIDDEN_STARTS):
        return Objection("function_unavailable", name, _place(node))
    return None


def _place(node: Mapping[str, Any]) -> int:
    place = node.get("query_location", _NOWHERE)
    return place if isinstance(place, int) and place < _NOWHERE else -1
