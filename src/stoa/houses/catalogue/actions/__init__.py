# SPDX-License-Identifier: EUPL-1.2
"""Verbs that write in the catalogue: keyword-only, `by=`, one transaction, one audit line, events on commit."""
