# SPDX-License-Identifier: EUPL-1.2
"""Stories for everybody: the list, one story, and the same for frames on other sites."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.html import escape
from django.utils.translation import gettext
from django.views.decorators.clickjacking import xframe_options_exempt

from stoa.houses.catalogue.models import Story
from stoa.houses.catalogue.pages.public.addresses import address
from stoa.houses.catalogue.pages.public.opening import city_of, principal_of, public_page, way
from stoa.houses.catalogue.pages.public.story_parts import draw_story
from stoa.houses.catalogue.queries.stories import published_stories, story_for
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.terms import StoryState


@public_page
def stories(request: HttpRequest) -> HttpResponseBase:
    """Everything that was published, newest first."""
    context = {
        "title": gettext("Stories"),
        "lead": gettext(
            "What the city's data says, told by the people who know it, with charts that stay up to date."
        ),
        "crumbs": [*way(request), (gettext("Stories"), "")],
        "stories": published_stories(city=city_of(request)),
        "may_write": principal_of(request).may(Permission.WRITE_STORY),
    }
    return render(request, "catalogue/public/stories.html", context)


@public_page
def story(request: HttpRequest, slug: str) -> HttpResponseBase:
    """One story with everything drawn from the data as it is now."""
    found = story_for(city=city_of(request), principal=principal_of(request), slug=slug)
    context = _context(request, found)
    context["crumbs"] = [*way(request), (gettext("Stories"), address("stories")), (found.title, "")]
    context["may_write"] = principal_of(request).may(Permission.WRITE_STORY, found.department_id)
    return render(request, "catalogue/public/story.html", context)


def _embed(request: HttpRequest, slug: str) -> HttpResponseBase:
    found = story_for(city=city_of(request), principal=principal_of(request), slug=slug)
    return render(request, "catalogue/public/story_embed.html", _context(request, found))


# The one page that may stand in frames of other sites: it has no form and no session is needed to read it.
embed = xframe_options_exempt(csp_replace({"frame-ancestors": ["*"]})(public_page(_embed)))


def _context(request: HttpRequest, found: Story) -> dict[str, Any]:
    drawn, _read = draw_story(request, found.text)
    page = request.build_absolute_uri(address("story", found.slug))
    return {
        "story": found,
        "title": found.title,
        "lead": found.lead,
        "parts": drawn,
        "is_draft": found.state == StoryState.DRAFT,
        "page_url": page,
        "embed_code": embed_code(page, found.title),
    }


def embed_code(page: str, title: str) -> str:
    """What an editor of another site copies."""
    return f'<iframe src="{page}/embed" title="{escape(title)}" width="100%" height="800" loading="lazy"></iframe>'
