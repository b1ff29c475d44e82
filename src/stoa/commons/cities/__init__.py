# SPDX-License-Identifier: EUPL-1.2
"""The cities of one install, the city that is acted in, and the locks that keep their rows apart."""
