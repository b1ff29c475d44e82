# SPDX-License-Identifier: EUPL-1.2
"""Desk pages about series as data: files that come in, datasets that go out."""
