# SPDX-License-Identifier: EUPL-1.2
"""The envelope around every answer, and the parameters of every question."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from stoa.standards.ckan.problems import ActionFailed, BadRequest

MEDIA_TYPE = "application/json;charset=utf-8"
SCRIPT_TYPE = "application/javascript;charset=utf-8"
MOST_DEPTH = 12
_CALLBACK = re.compile(r"[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*", re.ASCII)
_SEPARATORS = (",", ":")


def written(value: Any) -> str:
    """JSON text; letters stay letters."""
    return json.dumps(value, ensure_ascii=False, separators=_SEPARATORS, allow_nan=False)


def success(help_address: str, result: Any) -> dict[str, Any]:
    return {"help": help_address, "success": True, "result": result}


def failure(help_address: str, problem: ActionFailed) -> dict[str, Any]:
    return {"help": help_address, "success": False, "error": problem.members()}


def script(callback: str, text: str) -> str:
    """JSONP: a call of the caller's function; only a plain name may be called."""
    if len(callback) > 100 or not _CALLBACK.fullmatch(callback):
        raise BadRequest("callback is not the name of a function")
    # These two end a line in a script, though not in JSON.
    safe = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").replace("</", "<\\/")
    return f"/**/{callback}({safe});"


def parameters(body: bytes) -> dict[str, Any]:
    """The parameters of a JSON body; an empty body means none."""
    text = body.strip()
    if not text:
        return {}
    try:
        value = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise BadRequest(f"JSON Error: Error decoding JSON data. Error: {reason[:200]}") from None
    if not isinstance(value, dict):
        raise BadRequest("JSON Error: Request data JSON decoded is not a dictionary")
    return checked(value)


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def checked(value: dict[str, Any]) -> dict[str, Any]:
    """The parameters, if every text in them can be kept and nothing is nested too deeply."""
    _check(value, 0)
    return value


def _check(value: Any, depth: int) -> None:
    if isinstance(value, str):
        if not _is_text(value):
            raise BadRequest("JSON Error: a text contains a character that is no text")
    elif isinstance(value, dict | list):
        if depth > MOST_DEPTH:
            raise BadRequest("JSON Error: nested too deeply")
        for part in (*value, *value.values()) if isinstance(value, dict) else value:
            _check(part, depth + 1)


def _is_text(text: str) -> bool:
    """Whether a database can keep it: no NUL, no half of a letter."""
    return "\0" not in text and (text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text))


def from_address(pairs: Mapping[str, list[str]]) -> dict[str, Any]:
    """The parameters of an address or a form: one value each, or a list where a name comes again."""
    return checked({name: found[0] if len(found) == 1 else list(found) for name, found in pairs.items()})
