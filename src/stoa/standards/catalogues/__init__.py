# SPDX-License-Identifier: EUPL-1.2
"""Reading other people's catalogues: many languages in, one kind of value out.

Every reader is tolerant: what cannot be read is told beside what can. No Django, no network; entry: `reading`.
"""
