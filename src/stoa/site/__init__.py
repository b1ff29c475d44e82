# SPDX-License-Identifier: EUPL-1.2
"""The only composer: settings, addresses, the list of houses, the processes, the `stoa` command."""
