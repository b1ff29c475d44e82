# SPDX-License-Identifier: EUPL-1.2
"""The parts of a page, as template tags. What they take is described in `stoa.web.parts`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from stoa.ground.problems import Problem
from stoa.web import assets, notation, parts
from stoa.web.icons import icon
from stoa.web.mapground import map_ground
from stoa.web.table_body import table_body, table_head

register = template.Library()

NOTICES = {
    "info": ("", "info"),
    "debug": ("", "info"),
    "success": ("good", "circle-check"),
    "warning": ("warn", "triangle-alert"),
    "error": ("bad", "circle-alert"),
}


def _part(name: str, **context: Any) -> SafeString:
    return render_to_string(f"web/parts/{name}.html", context)


def fresh_id(context: template.Context, stem: str) -> str:
    """An id that is used once on this page and is the same every time the page is rendered."""
    numbers: dict[str, int] = context.render_context.setdefault("web_ids", {})  # type: ignore[assignment,arg-type]
    numbers[stem] = numbers.get(stem, 0) + 1
    return f"{stem}-{numbers[stem]}"


register.filter("number", notation.number)
register.filter("bytes", notation.size)
register.filter("percent", notation.percent)
register.filter("ago", notation.ago)
register.filter("day", notation.day)
register.filter("moment", notation.moment)
register.filter("in_words", notation.in_words)
register.filter("label", notation.label)
register.filter("table_rows", table_body)
register.filter("table_head", table_head)
register.simple_tag(icon)


@register.simple_tag
def asset(name: str) -> str:
    """The address of a built file."""
    return assets.address(name)


@register.simple_tag
def mark() -> SafeString:
    """The sign of a city that has no arms: four columns under a roof."""
    return _part("mark")


@register.simple_block_tag
def notice(content: str, kind: str = "info", title: str = "") -> SafeString:
    """A boxed note: info, success, warning or error."""
    css, name = NOTICES.get(kind.rsplit(" ", maxsplit=1)[-1], NOTICES["info"])
    return _part("notice", content=content, css=css, icon_name=name, title=title, kind=kind)


@register.simple_block_tag
def empty(content: str, title: str, icon_name: str = "search") -> SafeString:
    """The designed state of a list with nothing in it."""
    return _part("empty", content=content, title=title, icon_name=icon_name)


@register.simple_tag
def problem(what: Problem, kind: str = "error") -> SafeString:
    """A problem in its three sentences, with its code."""
    css, name = NOTICES.get(kind, NOTICES["error"])
    return _part("problem", problem=what, css=css, icon_name=name, kind=kind)


@register.simple_tag
def problems(found: Iterable[Problem], kind: str = "error") -> SafeString:
    """Several problems, one under the other."""
    return format_html(
        '<div class="problems">{}</div>', SafeString("".join(problem(one, kind) for one in found))
    )


@register.simple_tag
def breadcrumb(crumbs: Iterable[tuple[str, str]]) -> SafeString:
    """The way here: (label, address) from the city's home down; the last one is this page."""
    return _part("breadcrumb", crumbs=[*crumbs])


@register.simple_tag
def badge(words: str, mood: str = "", icon_name: str = "") -> SafeString:
    """A state or theme in a word; mood is good, warn, bad, accent or nothing."""
    picture = icon(icon_name) if icon_name else ""
    return format_html('<span class="tag{}">{}{}</span>', f" {mood}" if mood else "", picture, words)


@register.simple_tag
def since(when: Any) -> SafeString:
    """How long ago, with the instant behind it: `3 minutes ago`."""
    if when is None:
        return SafeString("–")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        when.isoformat(),
        notation.moment(when),
        notation.ago(when),
    )


@register.simple_tag
def summary_list(rows: Iterable[Sequence[Any]], css: str = "") -> SafeString:
    """Terms and what they are: (term, value) or (term, value, address)."""
    return _part("summary_list", rows=[(*row, "")[:3] for row in rows], css=css)


@register.simple_tag
def stats(figures: Iterable[Sequence[Any]]) -> SafeString:
    """Large figures: (figure, what it counts) or (figure, what it counts, unit)."""
    return _part("stats", figures=[(*figure, "")[:3] for figure in figures])


@register.simple_tag
def steps(names: Sequence[str], now: int) -> SafeString:
    """A way in steps; `now` counts from 1, steps before it are done."""
    return _part("steps", steps=[(n, name, n - now) for n, name in enumerate(names, start=1)])


@register.simple_tag
def tabs(entries: Iterable[Sequence[str]], current: str, label: str) -> SafeString:
    """Sections of one thing as links: (key, label, address) or (key, label, address, icon)."""
    return _part("tabs", entries=[(*entry, "")[:4] for entry in entries], current=current, label=label)


@register.simple_tag(takes_context=True)
def pager(context: template.Context, page: parts.Pager) -> SafeString:
    """Where one is in a long list, and the way on."""
    return _part("pager", page=page)


@register.simple_tag
def facets(groups: Iterable[parts.Facet], cleared_url: str = "") -> SafeString:
    """Filters of a search, as links with counts, open where something is chosen."""
    return _part("facets", groups=[*groups], cleared_url=cleared_url)


@register.simple_tag
def chosen(groups: Iterable[parts.Facet], cleared_url: str = "") -> SafeString:
    """The filters that are set, each with a way to take it off."""
    options = [(group, option) for group in groups for option in group.options if option.is_chosen]
    return _part("chosen", options=options, cleared_url=cleared_url)


@register.simple_tag(takes_context=True)
def data_table(context: template.Context, table: parts.Table) -> SafeString:
    """A table with caption, sort links, units, and its own scrolling."""
    return _part("data_table", table=table, id=fresh_id(context, "table"))


@register.simple_tag(takes_context=True)
def diff(context: template.Context, changes: parts.Diff) -> SafeString:
    """Rows that were added, removed or changed, said in words."""
    return _part("diff", diff=changes, id=fresh_id(context, "diff"))


@register.simple_tag(takes_context=True)
def chart(context: template.Context, figure: parts.Chart) -> SafeString:
    """A chart and the table it is drawn from."""
    return _part("chart", chart=figure, id=fresh_id(context, "chart"), table_id=fresh_id(context, "table"))


@register.simple_tag(name="map", takes_context=True)
def map_(context: template.Context, layer: parts.MapLayer) -> SafeString:
    """A map of one layer, with its legend in words and a way to the same places as a list."""
    return _part("map", layer=layer, ground=map_ground(), id=fresh_id(context, "map"))


@register.simple_tag
def score(total: float, score_parts: Iterable[parts.ScorePart], note: str = "") -> SafeString:
    """Quality from 0 to 100 and what it is made of."""
    return _part("score", total=total, parts=[*score_parts], note=note)


@register.simple_tag
def bar(share: float, mood: str = "") -> SafeString:
    """A bar of a share from 0 to 1; its figure must stand beside it in words."""
    return _part("bar", percent=round(max(0.0, min(1.0, share)) * 100, 1), mood=mood)


@register.simple_tag
def job_progress(job: parts.JobProgress) -> SafeString:
    """How far a job is; refreshed by script, else by the page that includes `web/parts/refresh.html`."""
    return _part("job_progress", job=job)


@register.simple_tag
def error_summary(form: BaseForm) -> SafeString:
    """All that is wrong with a form, first thing on the page, each linked to its field."""
    return (
        _part("error_summary", form=form, errors=parts.form_errors(form)) if form.errors else SafeString("")
    )


@register.simple_tag
def field(bound: BoundField, hint: str = "") -> SafeString:
    """One field: label, hint, error, control, tied together for ears."""
    return _part(parts.field_template(bound), **parts.field_context(bound, hint))


@register.simple_tag
def form_fields(form: BaseForm) -> SafeString:
    """All fields of a form in their order."""
    hidden = "".join(str(one) for one in form.hidden_fields())
    return SafeString(hidden + "".join(field(one) for one in form.visible_fields()))


@register.filter
def get(mapping: Mapping[str, Any], key: str) -> Any:
    """The value under a key that a template cannot spell."""
    return mapping.get(key)
