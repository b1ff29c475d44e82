# SPDX-License-Identifier: EUPL-1.2
"""Pages of the catalogue: `public/` for everybody, `desk/` for officers and stewards."""
