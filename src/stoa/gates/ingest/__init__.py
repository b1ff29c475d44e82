# SPDX-License-Identifier: EUPL-1.2
"""The hot path: observations in, live news out, in the process that owns the port and without Django.

What is not simple is left to the portal: the front forwards it as if this gate were not there.
"""
