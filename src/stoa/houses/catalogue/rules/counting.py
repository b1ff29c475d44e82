# SPDX-License-Identifier: EUPL-1.2
"""Whether a person or a program asks. Pure; looks at the class of the caller and keeps nothing of it."""

from __future__ import annotations

import re

_ROBOT = re.compile(
    r"bot\b|crawl|spider|slurp|preview|monitor|headless|scrape|python|curl|wget", re.IGNORECASE
)


def asks_as_program(*, user_agent: str, accept: str, has_key: bool) -> bool:
    """Whether a request comes from a program: it shows a key, or is no browser, or says that it is a robot.

    >>> asks_as_program(user_agent="Mozilla/5.0 (X11) Firefox/130.0", accept="text/html,*/*;q=0.8", has_key=False)
    False
    >>> asks_as_program(user_agent="curl/8.5", accept="*/*", has_key=False)
    True
    """
    if has_key or not user_agent.startswith("Mozilla/"):
        return True
    return bool(_ROBOT.search(user_agent[:300])) or not accept
