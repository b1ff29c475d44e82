# SPDX-License-Identifier: EUPL-1.2
"""How other sensor registers publish an entry: as JSON of devices, and as a table of 17 columns."""
