# SPDX-License-Identifier: EUPL-1.2
"""The sandbox: questions in SQL by strangers, answered in a child process that can do nothing but answer.

`door.ask` takes the statement; `pool` keeps at most two children; `worker` is the child, `statements` what it
lets pass, `conversion` how its results leave it.
"""
