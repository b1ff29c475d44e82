# SPDX-License-Identifier: EUPL-1.2
"""Every operation of the OpenAPI document, with invented requests: no defect, and answers as the document says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
)
from tests.houses.catalogue.town import SLUG

BASE = f"/c/{SLUG}/api/v1"
DOCUMENT = f"{BASE}/openapi.json"
REAL = {"slug": "street-trees", "kind": "sensors", "format": "wecity"}


@pytest.fixture
def document(api: Any) -> Iterator[Any]:
    """The document as it is given out; the connection of the test outlives its requests, as with Django's client."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi(DOCUMENT, get_wsgi_application())
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


def operations(document: Any) -> Iterator[Any]:
    for found in document.get_all_operations():
        yield found.ok()


def called(operation: Any, headers: dict[str, str], *, is_real: bool) -> None:
    """Call one operation with invented requests, each in a savepoint that is rolled back."""
    kept = {"headers": headers}

    @hypothesis.settings(
        max_examples=20,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    )
    @hypothesis.given(case=operation.as_strategy())
    def run(case: Any) -> None:
        for name in REAL.keys() & (case.path_parameters or {}).keys() if is_real else ():
            case.path_parameters[name] = REAL[name]
        with transaction.atomic():
            answer = case.call(**kept)
            transaction.set_rollback(True)
        assert answer.status_code < 500, (case.method, case.formatted_path, answer.content[:500])
        case.validate_response(
            answer,
            checks=[not_a_server_error, response_schema_conformance]
            + ([content_type_conformance] if answer.status_code < 300 else []),
        )

    run()


@pytest.mark.parametrize("who", ["outsider", "owner", "steward"])
@pytest.mark.parametrize("is_real", [False, True], ids=["invented", "real"])
def test_no_request_finds_a_defect(api: Any, document: Any, who: str, is_real: bool) -> None:
    wrong = []
    count = 0
    for operation in operations(document):
        count += 1
        try:
            called(operation, api.headers(who), is_real=is_real)
        except Exception as failure:  # noqa: BLE001 - all operations are tried, all failures told
            wrong.append(f"{operation.method} {operation.path}: {str(failure)[:1500]}")
    assert count == 23
    assert not wrong, "\n\n".join(wrong)
