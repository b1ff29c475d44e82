# SPDX-License-Identifier: EUPL-1.2
"""Addresses that lead to the same mailbox: `rosa@home.example` and `rosa+anything@home.example` (RFC 5233)."""

from __future__ import annotations

from django.db.models import Q


def of_mailbox(email: str) -> Q:
    """The condition that a row's `email` is of the same mailbox, so that nobody fills one under many names."""
    local, _at, domain = email.strip().rpartition("@")
    bare = local.partition("+")[0]
    tagged = Q(email__istartswith=f"{bare}+", email__iendswith=f"@{domain}")
    return tagged | Q(email__iexact=f"{bare}@{domain}")
