# SPDX-License-Identifier: EUPL-1.2
"""What the city measures: things, their series, every observation, and what follows from them."""
