# SPDX-License-Identifier: EUPL-1.2
"""What goes wrong in an action: the error types that CKAN's clients turn into exceptions, with their status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class ActionFailed(Exception):  # noqa: N818 - reads as what it is
    """An action that ends with `success: false`."""

    kind = "Internal Server Error"
    status = 500

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)

    def members(self) -> dict[str, Any]:
        """The `error` member of the envelope."""
        return {"__type": self.kind, "message": self.message}


class Invalid(ActionFailed):
    """A value that cannot be taken: messages by field."""

    kind = "Validation Error"
    status = 409

    def __init__(self, fields: Mapping[str, Sequence[str]]) -> None:
        self.fields = {name: list(messages) for name, messages in fields.items()}
        super().__init__("; ".join(f"{name}: {' '.join(found)}" for name, found in self.fields.items()))

    def members(self) -> dict[str, Any]:
        return {"__type": self.kind, **self.fields}


class Denied(ActionFailed):
    """The caller may not do this."""

    kind = "Authorization Error"
    status = 403

    def __init__(self, why: str = "") -> None:
        super().__init__(f"Access denied: {why}" if why else "Access denied")


class Missing(ActionFailed):
    """There is no such thing, or the caller may not know of it."""

    kind = "Not Found Error"
    status = 404

    def __init__(self, what: str = "") -> None:
        super().__init__(f"Not found: {what}" if what else "Not found")


class BadQuery(ActionFailed):
    """A search that cannot be understood."""

    kind = "Search Query Error"
    status = 400


class SearchFailed(ActionFailed):
    """A search that was understood and could not be answered."""

    kind = "Search Error"
    status = 409


class Malformed(ActionFailed):
    """Parameters that are no dictionary of values."""

    kind = "Integrity Error"
    status = 400


class BadRequest(Exception):  # noqa: N818 - reads as what it is
    """Not even an action: answered with status 400 and a bare JSON string."""

    def __init__(self, message: str) -> None:
        self.message = f"Bad request - {message}"
        super().__init__(self.message)


def invalid(field: str, message: str) -> Invalid:
    """One field with one message."""
    return Invalid({field: [message]})
