# SPDX-License-Identifier: EUPL-1.2
"""One file a format family: open it safely, offer its tables, hand one over as a `TextTable` or `TypedTable`."""
