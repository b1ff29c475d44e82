# SPDX-License-Identifier: EUPL-1.2
"""Persons, departments (a tree), memberships, and who is asking."""
