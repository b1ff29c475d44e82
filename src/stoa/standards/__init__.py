# SPDX-License-Identifier: EUPL-1.2
"""Wire formats and controlled vocabularies of the field, as pure codecs without any framework."""
