# SPDX-License-Identifier: EUPL-1.2
"""Files that people gave us, kept once by their content."""
