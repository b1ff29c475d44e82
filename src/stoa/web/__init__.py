# SPDX-License-Identifier: EUPL-1.2
"""The look of the portal: page grammar, parts of pages, styles, small scripts. Knows no house."""
