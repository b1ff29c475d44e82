# SPDX-License-Identifier: EUPL-1.2
"""Logs: one event a line, as JSON for machines; where something broke, and no personal data.

Addresses asked for may hold keys, and messages of errors quote what was sent. So a failed request is told by the route
that it took, a failed job by its name and number, and an error by its kind and the places that it came through.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator, MutableMapping
from typing import Any

import structlog

NOISY = ("httpx", "httpcore", "axes", "procrastinate", "asyncio")
"""They tell of every single thing that they do."""
OF_STRANGERS = ("django.request", "django.security")
"""What callers do wrong is theirs, and as much as they like: of these only our own failures are written down."""
PLACES = 14
_OWN = frozenset({*vars(logging.makeLogRecord({})), "message", "asctime", "taskName", "request", "job"})
Event = MutableMapping[str, Any]


def configure(_settings: dict[str, Any] | None = None) -> None:
    """Send every log line through one renderer; called by Django at start (setting LOGGING_CONFIG)."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_facts,
        _without_words,
        _where_it_broke,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in OF_STRANGERS:
        logging.getLogger(name).setLevel(logging.ERROR)
    # A host name that we do not answer to is an error to Django.
    logging.getLogger("django.security.DisallowedHost").setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _with_facts(_logger: Any, _method: str, event: Event) -> Event:
    """What stands beside the words of an event (`extra=`), as far as it is plain."""
    record = event.get("_record")
    for name, value in vars(record).items() if record is not None else ():
        if name not in _OWN and isinstance(value, str | int | float | bool | list | None):
            event.setdefault(name, value)
    return event


def _without_words(_logger: Any, _method: str, event: Event) -> Event:
    """Requests and jobs by their names; the libraries' own words quote addresses and arguments."""
    record = event.get("_record")
    request, job = getattr(record, "request", None), getattr(record, "job", None)
    if request is not None:
        match = getattr(request, "resolver_match", None)
        event.update({"event": "request_failed", "method": getattr(request, "method", ""), "route": ""})
        if match is not None:
            event["route"] = match.route
    elif isinstance(job, dict):
        event.update({"event": f"job_{getattr(record, 'action', 'told')}"})
        event.update({"task": job.get("task_name", ""), "job": job.get("id")})
        event.pop("result", None)
    return event


def _where_it_broke(_logger: Any, _method: str, event: Event) -> Event:
    """Kinds of errors and places instead of a traceback with its messages; of the database also what it names itself."""
    told = event.pop("exc_info", None)
    error = told[1] if isinstance(told, tuple) else told
    if not isinstance(error, BaseException):
        return event
    event["errors"] = [_kind(one) for one in _causes(error)]
    places = [place for one in _causes(error) for place in traceback.extract_tb(one.__traceback__)[-PLACES:]]
    event["places"] = [
        f"{place.filename.rpartition('/stoa/')[2]}:{place.lineno} {place.name}" for place in places
    ]
    return event


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error that came last, and what caused it."""
    one: BaseException | None = error
    for _ in range(5):
        if one is None:
            return
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def _kind(error: BaseException) -> str:
    asked = getattr(error, "diag", None)
    facts = [getattr(error, "sqlstate", None), getattr(asked, "constraint_name", None)]
    return " ".join([type(error).__qualname__, *(fact for fact in facts if fact)])
