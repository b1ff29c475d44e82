# SPDX-License-Identifier: EUPL-1.2
"""Every part of a page, drawn without a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpResponse
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation
from tests.web.conftest import city, request_for

from stoa.ground.problems import Problem
from stoa.ground.words import say
from stoa.web import parts, sample
from stoa.web.context import frame
from stoa.web.parts import Cell, Column, Row, Table
from stoa.web.table_body import table_body

Ask = Callable[[str], HttpResponse]


def drawn(source: str, **context: Any) -> str:
    html = Template("{% load web %}" + source).render(Context(context))
    return re.sub(r"\s+", " ", html)


def test_the_style_guide_shows_every_part_and_names_every_id_once(ask: Ask) -> None:
    html = ask("/styleguide").content.decode()
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    referred = {
        one
        for found in re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', html)
        for one in found.split()
    }
    assert referred <= set(ids)
    assert not re.search(r"<[^>]+\s(style|on\w+)=", html), "our policy forbids inline styles and handlers"
    assert not re.search(r"<script(?![^>]*(src=|application/json))", html)


def test_the_style_guide_is_not_for_visitors(ask: Ask) -> None:
    request = request_for("/styleguide", user=SimpleNamespace(is_authenticated=False, is_superuser=False))
    from django.http import Http404

    from stoa.web.pages import styleguide

    with pytest.raises(Http404):
        styleguide(request)


def test_what_people_typed_is_never_markup() -> None:
    evil = "<script>alert(1)</script>"
    table = parts.Table(
        evil, [parts.Column(evil, is_heading=True, unit=evil)], [parts.Row([parts.Cell(evil, evil)])]
    )
    problem = Problem("web.test", say("%(x)s", x=evil), do=say("%(x)s", x=evil))
    layer = parts.MapLayer(title=evil, labels={evil: evil}, attribution=evil)
    html = drawn(
        "{% data_table t %}{% problem p %}{% badge e 'good' %}{% map m %}"
        "{% notice 'info' title=e %}{{ e }}{% endnotice %}"
        "{% summary_list s %}{% breadcrumb c %}{% stats f %}",
        t=table,
        p=problem,
        e=evil,
        m=layer,
        s=[(evil, evil)],
        c=[(evil, "/"), (evil, "")],
        f=[(evil, evil)],
    )
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_sorted_column_says_so_to_ears() -> None:
    html = drawn("{% data_table t %}", t=sample.table())
    assert html.count("aria-sort") == 1
    assert 'aria-sort="ascending"' in html
    assert html.count('<th scope="row"') == 4


def test_an_empty_cell_is_said_in_words() -> None:
    assert '<span class="for-ears">empty</span>' in drawn("{% data_table t %}", t=sample.table())


def test_a_row_with_too_few_cells_is_a_defect_that_shows() -> None:
    short = parts.Table("x", [parts.Column("a"), parts.Column("b")], [parts.Row(["1"])])
    with pytest.raises(ValueError, match="zip"):
        drawn("{% data_table t %}", t=short)


def test_a_wrong_field_keeps_what_was_typed_and_ties_the_error_to_it() -> None:
    html = drawn("{% error_summary form %}{% form_fields form %}", form=sample.wrong_form())
    assert 'href="#wrong_title"' in html
    assert 'href="#wrong_access_0"' in html
    assert 'aria-describedby="wrong_title-hint wrong_title-error"' in html
    assert 'aria-invalid="true"' in html
    assert "Kept as it was typed." in html
    assert re.search(r'<input type="text" name="rows" value="many"[^>]*inputmode="numeric"', html)


def test_a_form_without_mistakes_has_no_summary() -> None:
    assert drawn("{% error_summary form %}", form=sample.SampleForm()).strip() == ""


def test_a_diff_says_added_removed_and_changed_in_words() -> None:
    html = drawn("{% diff d %}", d=sample.diff())
    for word in ("+ added", "− removed", "≠ changed", "<del>779</del>", "<ins>785</ins>"):
        assert word in html


def test_a_row_that_differs_knows_how() -> None:
    rows = sample.diff().rows
    assert [row.change for row in rows] == ["changed", "added", "removed"]
    assert rows[0].cells[1] == ("779", "785")


def test_the_score_is_told_in_points_and_words() -> None:
    html = drawn("{% score 79 p %}", p=sample.score_parts())
    assert html.count('class="score-part"') == 6
    assert "35 <span" in html
    assert "poor" in html


def test_bars_are_written_for_machines_in_every_language() -> None:
    with translation.override("de"):
        assert 'width="41.7%"' in drawn("{% bar 0.417 %}")
        assert 'value="0.42"' in drawn("{% job_progress j %}", j=parts.JobProgress("x", "/j", 0.42))
        assert 'width="58.5%"' in drawn("{% score 1 p %}", p=[parts.ScorePart("x", 58.5)])


def test_steps_say_where_one_is() -> None:
    html = drawn("{% steps names 2 %}", names=["Draft", "Review", "Published"])
    assert html.count('aria-current="step"') == 1
    assert re.search(r'class="now" aria-current="step">.*Review', html)


def test_facets_open_where_something_is_chosen() -> None:
    html = drawn("{% facets f %}", f=sample.facets())
    assert html.count("<details open>") == 2
    assert html.count('aria-current="true"') == 1


def test_a_long_list_says_where_one_is() -> None:
    assert "51 to 100 of 12,840" in drawn("{% pager p %}", p=parts.Pager(51, 100, 12840, next_url="?a"))
    assert "51 to 100 " in drawn("{% pager p %}", p=parts.Pager(51, 100))


def test_an_unknown_icon_is_refused_when_the_page_is_built() -> None:
    with pytest.raises(TemplateSyntaxError, match=r"icons\.json"):
        drawn("{% icon 'unicorn' %}")


def test_a_map_config_cannot_close_its_script() -> None:
    html = drawn("{% map m %}", m=parts.MapLayer(title="x", labels={"a": "</script>"}))
    assert html.count("</script>") == 1


def test_the_citys_colour_arrives_corrected(ask: Ask) -> None:
    answer = ask("/identity.css")
    assert answer["Content-Type"].startswith("text/css")
    assert "#ffcc00" not in answer.content.decode().split("--city-accent-dark:")[0]


@pytest.mark.parametrize("status", [400, 403, 404, 413, 429, 500, 502, 503])
def test_every_error_says_what_why_and_what_to_do(ask: Ask, status: int) -> None:
    answer = ask(f"/styleguide/errors/{status}")
    assert answer.status_code == status
    assert "What to do:" in answer.content.decode()


def test_an_error_page_survives_a_frame_that_cannot_be_built() -> None:
    from stoa.web.pages import server_error

    class Broken:
        @property
        def is_authenticated(self) -> bool:
            raise RuntimeError("the database is gone")

    answer = server_error(request_for("/", user=Broken()))
    assert answer.status_code == 500
    assert b"not your fault" in answer.content


def test_the_frame_stands_without_city_or_person() -> None:
    request = request_for("/", city=None)
    del request.user
    portal = frame(request)
    assert portal.city_name == "Stoa"
    assert portal.person == ""
    assert portal.sections[0].url == "/datasets"


def test_languages_keep_the_question_that_was_asked() -> None:
    portal = frame(request_for("/datasets?q=tram&page=2", city=city(languages=["de", "en", "tlh"])))
    assert [language.code for language in portal.languages] == ["de", "en"]
    assert portal.languages[0].url == "?q=tram&page=2&lang=de"


def test_a_simulated_city_is_marked_on_every_page(ask: Ask) -> None:
    assert "Simulated city." in ask("/styleguide").content.decode()
    assert "Simulated city." in ask("/styleguide/errors/404").content.decode()


def test_whatever_stands_in_a_cell_stays_text() -> None:
    nasty = '<script>alert("1")</script>&\''
    columns = [Column("Name", is_heading=True), Column("Size", is_number=True), Column("Note", is_long=True)]
    row = Row([Cell(nasty, nasty, nasty), Cell("", ""), Cell(nasty)], url=nasty, key=nasty)
    drawn = table_body(Table(nasty, columns, [row]))
    assert "<script" not in drawn
    assert drawn.count("&lt;script&gt;") == 5
    assert '<td class="n none"><span aria-hidden="true">–</span>' in drawn
