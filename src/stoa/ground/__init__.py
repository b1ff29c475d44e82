# SPDX-License-Identifier: EUPL-1.2
"""Pure values that every floor may use: words, problems, time, geometry, ids. No framework, no I/O."""
