# SPDX-License-Identifier: EUPL-1.2
"""Zip archives: each member that is a table is offered, and many equal CSV files also as one."""

from __future__ import annotations
