# SPDX-License-Identifier: EUPL-1.2
"""Verbs that write: one transaction, one audit line, rights checked inside."""
