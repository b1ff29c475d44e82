# SPDX-License-Identifier: EUPL-1.2
"""What was done, by whom, when: append-only and without foreign keys, so that history never blocks anything."""
