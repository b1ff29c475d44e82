# SPDX-License-Identifier: EUPL-1.2
"""What goes wrong, by the names of the standard (clause 5.5.2 and 6.3.2)."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

NAMESPACE = "https://uri.etsi.org/ngsi-ld/errors/"
MEDIA_TYPE = "application/json"


class ErrorType(StrEnum):
    """Kinds of error; the value ends its URI."""

    INVALID_REQUEST = "InvalidRequest"
    BAD_REQUEST_DATA = "BadRequestData"
    ALREADY_EXISTS = "AlreadyExists"
    OPERATION_NOT_SUPPORTED = "OperationNotSupported"
    RESOURCE_NOT_FOUND = "ResourceNotFound"
    INTERNAL_ERROR = "InternalError"
    TOO_COMPLEX_QUERY = "TooComplexQuery"
    TOO_MANY_RESULTS = "TooManyResults"
    CONTEXT_NOT_AVAILABLE = "LdContextNotAvailable"
    NO_TENANTS = "NoMultiTenantSupport"
    NO_SUCH_TENANT = "NonexistentTenant"


_STATUS = {
    ErrorType.INVALID_REQUEST: 400,
    ErrorType.BAD_REQUEST_DATA: 400,
    ErrorType.ALREADY_EXISTS: 409,
    ErrorType.OPERATION_NOT_SUPPORTED: 422,
    ErrorType.RESOURCE_NOT_FOUND: 404,
    ErrorType.INTERNAL_ERROR: 500,
    ErrorType.TOO_COMPLEX_QUERY: 403,
    ErrorType.TOO_MANY_RESULTS: 403,
    ErrorType.CONTEXT_NOT_AVAILABLE: 503,
    ErrorType.NO_TENANTS: 501,
    ErrorType.NO_SUCH_TENANT: 404,
}
_TITLES = {
    ErrorType.INVALID_REQUEST: "The request is malformed",
    ErrorType.BAD_REQUEST_DATA: "The request contains data that does not fit",
    ErrorType.ALREADY_EXISTS: "There is such a thing already",
    ErrorType.OPERATION_NOT_SUPPORTED: "This operation is not supported",
    ErrorType.RESOURCE_NOT_FOUND: "There is no such thing",
    ErrorType.INTERNAL_ERROR: "The server failed",
    ErrorType.TOO_COMPLEX_QUERY: "The query is too complex",
    ErrorType.TOO_MANY_RESULTS: "The query has too many results",
    ErrorType.CONTEXT_NOT_AVAILABLE: "An @context cannot be had",
    ErrorType.NO_TENANTS: "There is only one tenant here",
    ErrorType.NO_SUCH_TENANT: "There is no such tenant",
}


class Failed(Exception):  # noqa: N818 - reads as what it is
    """A request that is not fulfilled; `status` differs from the kind's own for 401, 403, 406, 413, 415, 429 only."""

    def __init__(self, kind: ErrorType, detail: str, *, status: int = 0) -> None:
        self.kind, self.detail = kind, detail
        self.status = status or _STATUS[kind]
        super().__init__(f"{kind}: {detail}")


def details(failed: Failed) -> dict[str, Any]:
    """The ProblemDetails (RFC 7807) of a failure."""
    return {
        "type": NAMESPACE + failed.kind,
        "title": _TITLES[failed.kind],
        "detail": failed.detail,
        "status": failed.status,
    }


def malformed(detail: str) -> Failed:
    """The request cannot be read at all, or asks with a parameter that is none."""
    return Failed(ErrorType.INVALID_REQUEST, detail)


def unfit(detail: str) -> Failed:
    """It can be read, but not be meant."""
    return Failed(ErrorType.BAD_REQUEST_DATA, detail)


def missing(detail: str) -> Failed:
    """There is no such thing, or the caller may not know of it."""
    return Failed(ErrorType.RESOURCE_NOT_FOUND, detail)


def taken(detail: str) -> Failed:
    """There is one with this id already."""
    return Failed(ErrorType.ALREADY_EXISTS, detail)


def unsupported(detail: str) -> Failed:
    """The standard knows the operation, this server does not."""
    return Failed(ErrorType.OPERATION_NOT_SUPPORTED, detail)
