# SPDX-License-Identifier: EUPL-1.2
"""A bounded memory against the slow, obvious one: a list with the longest unused first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stoa.ground.memory import Memory

MOST, SHARE = 40, 4
Step = tuple[str, int, int]


class Slow:
    """Everything it knows, the longest unused first."""

    def __init__(self) -> None:
        self.known: list[tuple[int, int]] = []

    def get(self, key: int) -> int | None:
        for place, (name, value) in enumerate(self.known):
            if name == key:
                self.known.append(self.known.pop(place))
                return value
        return None

    def keep(self, key: int, value: int) -> None:
        self.known = [line for line in self.known if line[0] != key]
        if value <= MOST // SHARE:
            self.known.append((key, value))
        while sum(value for _name, value in self.known) > MOST:
            self.known.pop(0)


steps = st.lists(
    st.tuples(st.sampled_from(["get", "keep", "make"]), st.integers(0, 9), st.integers(0, MOST // SHARE + 2))
)


@given(steps)
def test_it_knows_what_the_obvious_one_knows(asked: list[Step]) -> None:
    fast: Memory[int, int] = Memory(MOST, lambda value: value, share=SHARE)
    slow = Slow()
    for deed, key, value in asked:
        if deed == "keep":
            fast.keep(key, value)
            slow.keep(key, value)
        elif deed == "get":
            assert fast.get(key) == slow.get(key)
        else:
            known = slow.get(key)
            if known is None:
                slow.keep(key, value)
            assert fast.get_or_make(key, lambda told=value: told) == (value if known is None else known)  # type: ignore[misc]
        assert fast.weight == sum(value for _name, value in slow.known) <= MOST
        assert [key for key in range(10) if fast.has(key)] == sorted(name for name, _value in slow.known)


def test_an_answer_that_is_nothing_is_an_answer_too() -> None:
    memory: Memory[str, None] = Memory(10, lambda _value: 1)
    asked: list[str] = []
    for _ in range(2):
        assert memory.get_or_make("none", lambda: asked.append("asked")) is None
    assert asked == ["asked"]
    memory.clear()
    assert (memory.has("none"), memory.weight) == (False, 0)
