# SPDX-License-Identifier: EUPL-1.2
"""Our own JSON API, `/api/v1/`: what the portal can do, for programs."""
