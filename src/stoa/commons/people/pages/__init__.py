# SPDX-License-Identifier: EUPL-1.2
"""Pages for managers, and what all pages of the desk begin with: who may come in, and where one can go."""
