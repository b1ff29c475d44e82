# SPDX-License-Identifier: EUPL-1.2
"""Registers: lists of one kind of thing that several departments keep, partly public, with review and history.

For registrars who enter and change, reviewers who publish, and everybody who looks something up. What a kind is made
of stands in one declaration (`kinds/`); forms, pages, checks, import, history and dataset are made from it. What the
registers refuse to do: show a field that is not declared public, and forget what an entry said before.
"""
