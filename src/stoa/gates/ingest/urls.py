# SPDX-License-Identifier: EUPL-1.2
"""What the portal itself answers for the hot path."""

from __future__ import annotations

from django.urls import path

from stoa.gates.ingest import rights

urlpatterns = [path("live/rights", rights.live_rights, name="live-rights")]
