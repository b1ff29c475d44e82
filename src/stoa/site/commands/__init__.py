# SPDX-License-Identifier: EUPL-1.2
"""The words of the `stoa` command, one module each: `register(subparsers)` says its options, `run(args)` does it.

Django is imported inside `run` only, after the database is there.
"""
