# SPDX-License-Identifier: EUPL-1.2
"""Is a page usable by everybody? axe-core's rules, a walk by keyboard, and a look at narrow screens."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "src/stoa/web/frontend/node_modules/axe-core/axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

_RUN = "async (options) => { %s\nreturn (await axe.run(document, options)).violations; }"

_FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const style = getComputedStyle(element), box = element.getBoundingClientRect();
  const words = (element.getAttribute('aria-label') || element.innerText
    || element.labels?.[0]?.innerText || element.getAttribute('aria-labelledby') || '').trim();
  // A map draws its focus on the frame around the canvas.
  const frame = element.closest('.map-frame');
  const shown = [style, frame && getComputedStyle(frame)].some(
    (s) => s && s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2);
  element.dataset.walked ??= String(window.walked = (window.walked ?? 0) + 1);
  return {number: Number(element.dataset.walked), tag: element.tagName.toLowerCase(),
    words: words.slice(0, 60), shown,
    visible: box.width > 0 && box.height > 0 && style.visibility !== 'hidden'};
}"""


@cache
def _source() -> str:
    if not AXE.exists():
        raise FileNotFoundError(f"{AXE} is missing: run `make setup`, which installs the front end's tools")
    return AXE.read_text(encoding="utf-8")


def violations(page: Page, *, without: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """What axe finds on the page as it is now, best practice included."""
    rules = {rule: {"enabled": False} for rule in without}
    # Every rule is run; of the ones that are kept, axe need not write down each place.
    options = {
        "runOnly": {"type": "tag", "values": list(TAGS)},
        "rules": rules,
        "resultTypes": ["violations"],
    }
    # A page's policy forbids scripts of others; the tool's own channel does not pass through the page.
    found: list[dict[str, Any]] = page.evaluate(_RUN % _source(), options)
    return found


def in_words(found: list[dict[str, Any]]) -> str:
    """The findings as a person mends them: rule, why, and each place."""
    lines = []
    for one in found:
        lines.append(f"{one['id']} ({one['impact']}): {one['help']} - {one['helpUrl']}")
        for node in one["nodes"][:8]:
            summary = " ".join(node["failureSummary"].split())
            lines.append(
                f"    {' '.join(map(str, node['target']))}\n      {node['html'][:160]}\n      {summary[:300]}"
            )
    return "\n".join(lines)


def assert_accessible(page: Page, *, without: tuple[str, ...] = ()) -> None:
    """axe finds nothing; on failure the message says what and where."""
    found = violations(page, without=without)
    assert not found, f"{page.url}\n{in_words(found)}"


def assert_no_sideways_scroll(page: Page) -> None:
    """The page is no wider than its window; the message names what sticks out (WCAG 1.4.10)."""
    wide = page.evaluate(
        """() => {
          const room = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= room) return [];
          const inside = (e) => e.parentElement?.closest('.table-scroll, pre, .map-frame, .for-ears');
          return [...document.body.querySelectorAll('*')]
            .filter((e) => e.getBoundingClientRect().right > room + 1 && !inside(e))
            .slice(0, 8)
            .map((e) => `${e.tagName}.${e.className} ${Math.round(e.getBoundingClientRect().right)}`);
        }"""
    )
    scrolls: bool = page.evaluate(
        "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    assert not scrolls, f"{page.url} is wider than {page.viewport_size}: {wide}"


def keyboard_walk(page: Page, *, most: int = 400) -> list[str]:
    """Press Tab from the top to the end; every stop must be visible, named and show its focus.

    Returns the names of the stops in order, so that a test can say what must be reached.
    """
    # Focusing the body and leaving it sets the start of the walk back to the top of the page.
    page.evaluate(
        "(body) => { body.tabIndex = -1; body.focus(); body.removeAttribute('tabindex'); }",
        page.query_selector("body"),
    )
    stops: list[str] = []
    seen: set[int] = set()
    for _ in range(most):
        page.keyboard.press("Tab")
        at = page.evaluate(_FOCUSED)
        if at is None or (at["number"] in seen and at["number"] == min(seen)):
            return stops
        assert at["number"] not in seen or at["tag"] in {"input", "iframe"}, (
            f"Tab comes back to {at} too early"
        )
        assert at["visible"], f"the focus went to something that cannot be seen: {at}"
        assert at["shown"], f"the focus cannot be seen on {at}"
        seen.add(at["number"])
        stops.append(at["words"])
    raise AssertionError(f"the focus never came back after {most} stops: a trap?")
