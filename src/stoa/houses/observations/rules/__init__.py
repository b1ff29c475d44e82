# SPDX-License-Identifier: EUPL-1.2
"""Pure decisions: no Django, no clock, no network."""
