# SPDX-License-Identifier: EUPL-1.2
"""Questions about entities of any kind, as a tree of conditions, answered by parameterised SQL."""
