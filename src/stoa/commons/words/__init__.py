# SPDX-License-Identifier: EUPL-1.2
"""Words in the reader's language: stored labels per language, sentences by gettext."""
