# SPDX-License-Identifier: EUPL-1.2
"""One folder a standard: parse with `standards`, call a door, render. Gates never touch a table."""
