# SPDX-License-Identifier: EUPL-1.2
"""Stories: harmless text, living figures, the rights of whoever reads, and the one page that may stand in frames."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.houses.catalogue.cast import Cast, published

from stoa.commons.cities.acting import acting_in
from stoa.ground.problems import Refused
from stoa.houses.catalogue.actions import telling_stories as deeds
from stoa.houses.catalogue.models import Story
from stoa.houses.catalogue.rules.story_text import Block, Words, read_story

TEXT = """# Our trees

Most of them are **limes**. [More](https://example.org/x "y")

```chart dataset=trees by=art
How many of each kind
```

```map dataset=trees
```

```table dataset=trees f.art.is=Eiche rows=3 columns=id,art
```

The end.
"""


def test_blocks_are_told_from_text_in_their_order() -> None:
    parts = read_story(TEXT).parts
    kinds = [part.kind if isinstance(part, Block) else "words" for part in parts]
    assert kinds == ["words", "chart", "map", "table", "words"]
    chart, _map, table = (part for part in parts if isinstance(part, Block))
    assert (chart.dataset, chart.settings, chart.title) == ("trees", {"by": "art"}, "How many of each kind")
    assert ("columns", "art") in table.pairs
    assert ("f.art.is", "Eiche") in table.pairs


@pytest.mark.parametrize("said", ["Tilia+cordata", "Tilia%20cordata", '"Tilia cordata"'])
def test_a_value_is_copied_from_an_address_or_written_in_quotes(said: str) -> None:
    (block,) = read_story(f"```table dataset=trees f.kind.is={said} rows=5\n```").parts
    assert isinstance(block, Block)
    assert block.pairs == [("f.kind.is", "Tilia cordata"), ("rows", "5")]


def test_a_story_has_no_second_first_heading_and_no_foreign_code() -> None:
    text = "# A\n\n<script>x</script>\n\n[a](javascript:alert(1)) ![i](http://x/y.png) <b onclick=x>b</b>\n\n```python\nx\n```"
    (words,) = read_story(text).parts
    assert isinstance(words, Words)
    assert "<h2>A</h2>" in words.html
    for bad in ("<script", "<img", "<b ", "<h1", 'href="javascript'):
        assert bad not in words.html
    assert "<code>x" in words.html


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="<>/\"'=[]()`#*-_ \n:javscript&;onlicdatx|", max_size=120))
def test_nothing_that_is_written_becomes_a_script(text: str) -> None:
    for part in read_story(text).parts:
        if isinstance(part, Words):
            html = part.html.lower()
            assert "<script" not in html
            assert '<a href="javascript' not in html
            assert "<iframe" not in html


def test_what_a_block_does_not_know_is_said_with_its_line() -> None:
    read = read_story("One\n\n```chart by=art\n```\n\n```map dataset=trees colour=red\n```\n")
    assert [(p.code, p.what.facts["line"]) for p in read.problems] == [
        ("story.dataset_missing", 3), ("story.setting_unknown", 6),
    ]  # fmt: skip
    assert [part for part in read.parts if isinstance(part, Block)] == [Block("map", "trees")]


def begun(cast: Cast, who: str = "ada", text: str = TEXT, title: str = "Trees of the town") -> Story:
    with acting_in(cast.city):
        return deeds.begin_story(
            city=cast.city,
            department=cast.parks,
            title=title,
            by=cast.principal(who),
            lead="Limes!",
            text=text,
        )


def public(cast: Cast, text: str = TEXT) -> Story:
    story = begun(cast, text=text)
    with acting_in(cast.city):
        return deeds.publish_story(story=story, by=cast.principal("ada"))


def get(cast: Cast, path: str, who: str = "dora") -> Any:
    client = Client(headers={"accept-language": "en"})
    person = getattr(cast, who, None)
    if person is not None:
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client.get(f"/c/here{path}")


def post(cast: Cast, path: str, who: str, **sent: str) -> Any:
    client = Client(headers={"accept-language": "en"})
    client.force_login(getattr(cast, who), backend="django.contrib.auth.backends.ModelBackend")
    return client.post(f"/c/here{path}", sent)


def test_a_published_story_shows_its_figures_with_their_tables(cast: Cast) -> None:
    published(cast)
    public(cast)
    response = get(cast, "/stories/trees-of-the-town")
    page = response.content.decode()
    chart, layer, table = (part for part in response.context["parts"] if part.url)
    assert chart.chart.title == "How many of each kind"
    assert [row.cells[1].value for row in chart.chart.table.rows] == ["40", "20"]
    assert layer.layer.tiles_url
    assert len(table.table.rows) == 3
    assert "Version 1 of" in page
    assert "Trees of the town" in get(cast, "/stories").content.decode()


def test_a_figure_follows_its_data_and_the_rights_of_the_reader(cast: Cast) -> None:
    published(cast, access="internal")
    public(cast)
    assert b"cannot be shown here" in get(cast, "/stories/trees-of-the-town").content
    assert b"cannot be shown here" not in get(cast, "/stories/trees-of-the-town", "ada").content
    assert b"Eiche" not in get(cast, "/stories/trees-of-the-town", "ben").content


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ("```chart dataset=trees by=nothing\n```", "catalogue.column_unknown"),
        ("```chart dataset=trees f.nothing.is=1\n```", "catalogue.column_unknown"),
        ("```chart dataset=nowhere\n```", "story.dataset_unknown"),
        ("```map dataset=counts\n```", "story.map_impossible"),
        ("```chart dataset=trees by=art f.art.is=Palme\n```", "story.chart_empty"),
        ("```table dataset=trees f.hoehe.gt=tall\n```", "lake.filter_value_unreadable"),
    ],
)
def test_what_cannot_be_drawn_says_so_in_its_place(cast: Cast, block: str, code: str) -> None:
    published(cast)
    published(cast, b"jahr;menge\n2020;4\n2021;5\n", title="Counts")
    public(cast, text=f"Before\n\n{block}\n\nAfter")
    response = get(cast, "/stories/trees-of-the-town")
    assert response.status_code == 200
    assert [part.problem.code for part in response.context["parts"] if part.problem] == [code]
    assert b"Before" in response.content
    assert b"After" in response.content


def test_only_the_embedded_page_may_stand_in_frames(cast: Cast) -> None:
    published(cast)
    public(cast)
    framed = get(cast, "/stories/trees-of-the-town/embed")
    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    assert "script-src 'self'" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed
    assert b"<form" not in framed.content
    page = get(cast, "/stories/trees-of-the-town")
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"
    assert b"&lt;iframe src=" in page.content


def test_a_draft_is_seen_by_those_who_write_it_only(cast: Cast) -> None:
    begun(cast)
    seen = {
        who: get(cast, "/stories/trees-of-the-town", who).status_code
        for who in ("ada", "cleo", "ben", "egon", "dora")
    }
    assert seen == {"ada": 200, "cleo": 200, "ben": 404, "egon": 404, "dora": 404}
    assert b"Trees of the town" not in get(cast, "/stories").content


@pytest.mark.parametrize("who", ["ben", "egon", "dora"])
def test_who_does_not_write_for_the_department_changes_nothing(cast: Cast, who: str) -> None:
    story = begun(cast)
    with acting_in(cast.city):
        by = cast.principal(who)
        for deed in (
            lambda: deeds.change_story(story=story, by=by, title="X", lead="", text=""),
            lambda: deeds.publish_story(story=story, by=by),
            lambda: deeds.take_back_story(story=story, by=by),
        ):
            with pytest.raises(Refused):
                deed()
    with pytest.raises(Refused):
        begun(cast, who)


def test_an_author_writes_looks_keeps_publishes_and_takes_back(cast: Cast) -> None:
    published(cast)
    new = {"title": "Limes", "lead": "", "text": TEXT, "department": str(cast.parks.pk)}
    look = post(cast, "/desk/stories/new", "ada", **new, look="1")
    assert look.status_code == 200
    assert b"How many of each kind" in look.content
    with acting_in(cast.city):
        assert not Story.objects.exists()
    assert post(cast, "/desk/stories/new", "ada", **new).status_code == 302
    assert post(cast, "/desk/stories/limes", "ada", title="Limes", lead="", text="Changed").status_code == 302
    assert get(cast, "/stories/limes").status_code == 404
    assert post(cast, "/desk/stories/limes/deed/publish", "ada").status_code == 302
    assert b"Changed" in get(cast, "/stories/limes").content
    assert post(cast, "/desk/stories/limes/deed/take-back", "ada").status_code == 302
    assert get(cast, "/stories/limes").status_code == 404
    assert get(cast, "/desk/stories", "ada").status_code == 200
    assert post(cast, "/desk/stories/limes/deed/publish", "ben").status_code == 404


def test_a_story_without_words_is_not_published(cast: Cast) -> None:
    story = begun(cast, text=" ")
    with acting_in(cast.city), pytest.raises(Refused) as refused:
        deeds.publish_story(story=story, by=cast.principal("ada"))
    assert refused.value.problem.code == "story.text_missing"


def test_an_officer_keeps_a_question_from_its_page(cast: Cast) -> None:
    published(cast)
    assert get(cast, "/desk/sql/new?query=SELECT+1", "ada").status_code == 200
    sent = {
        "title_en": "By kind", "statement": "SELECT art, count(*) AS n FROM trees GROUP BY art", "licence": "CC_BY_4_0",
        "access": "open", "department": str(cast.parks.pk), "description": "",
    }  # fmt: skip
    assert post(cast, "/desk/sql/new", "ada", **sent)["Location"] == "/c/here/desk/datasets/by-kind"
    wrong = post(cast, "/desk/sql/new", "ada", **(sent | {"statement": "SELECT x FROM trees"}))
    assert wrong.status_code == 422
    assert b"at letter 8" in wrong.content
    assert get(cast, "/desk/sql/new").status_code == 302
