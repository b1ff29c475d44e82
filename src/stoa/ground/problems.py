# SPDX-License-Identifier: EUPL-1.2
"""What went wrong, in three sentences and a code that never changes.

`what` happened, `why` it matters, what to `do`: every refusal in the product has all three. The code is
`<place>.<thing>_<state>`, e.g. `reading.file_empty`, and may be relied on by programs for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stoa.ground.words import Saying

NOTHING = Saying("")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, for the person who has to mend it."""

    code: str
    what: Saying
    why: Saying = NOTHING
    do: Saying = NOTHING
    field: str = ""
    """The form field or column that it is about, if it is about one."""

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.what, self.why, self.do) if part.text)

    def to_json(self) -> dict[str, Any]:
        parts = {"what": self.what, "why": self.why, "do": self.do}
        return {"code": self.code, "field": self.field} | {k: v.to_json() for k, v in parts.items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Problem:
        what, why, do = (Saying.from_json(data[part]) for part in ("what", "why", "do"))
        return cls(str(data["code"]), what, why, do, str(data.get("field", "")))


class Refused(Exception):  # noqa: N818 - reads as what it is
    """The work cannot be done; carries the problem(s) for the person. Never used for a defect of ours."""

    def __init__(self, problem: Problem, *more: Problem) -> None:
        self.problems = (problem, *more)
        super().__init__(f"{problem.code}: {problem}")

    @property
    def problem(self) -> Problem:
        return self.problems[0]


class NotFound(Exception):  # noqa: N818 - reads as what it is
    """There is no such thing, or this person may not know of it; both look the same from outside."""

    def __init__(self, thing: str, name: str = "") -> None:
        self.thing, self.name = thing, name
        super().__init__(f"{thing} {name}".strip())
