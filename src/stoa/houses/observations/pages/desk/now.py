# SPDX-License-Identifier: EUPL-1.2
"""Arranging the page that shows the city now: plain forms, one button a deed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from stoa.commons.cities.models import City
from stoa.commons.people.pages.desk import city_of, desk_page, frame, principal_of
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound, Refused
from stoa.houses.observations.actions import arranging
from stoa.houses.observations.models import Datastream, NowTile, ObservedProperty
from stoa.houses.observations.pages.desk.opening import done
from stoa.houses.observations.pages.lines import series_words
from stoa.houses.observations.queries.now import observed
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.terms import TILE_KINDS, TileKind
from stoa.web.notation import in_words, label

SERIES_MOST = 500


class TileForm(forms.Form):
    """A new tile."""

    kind = forms.ChoiceField(
        label=_("What the tile shows"),
        choices=[(str(kind), _(words)) for kind, words in TILE_KINDS.items()],
        widget=forms.RadioSelect,
        initial=TileKind.GROUP,
    )
    observed_property = forms.ChoiceField(
        label=_("Property"), help_text=_("For a list; on a map, nothing chosen means all."), required=False
    )
    datastream = forms.ChoiceField(label=_("Series"), help_text=_("For one value."), required=False)

    def __init__(self, city: City, by: Principal, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nothing = [("", gettext("– nothing chosen –"))]
        found = Datastream.objects.filter(city=city).visible_to(by).order_by("thing__name", "name", "pk")
        named = found.values_list("pk", "thing__name", "name")[:SERIES_MOST]
        self.fields["observed_property"].choices = nothing + [  # type: ignore[attr-defined]
            (str(pk), name) for pk, name in observed(city=city, by=by)
        ]
        self.fields["datastream"].choices = nothing + [  # type: ignore[attr-defined]
            (str(pk), f"{thing}: {name}") for pk, thing, name in named
        ]
        for code in city.languages:
            self.fields[f"title_{code}"] = forms.CharField(
                label=gettext("Heading (%(language)s)") % {"language": get_language_info(code)["name_local"]},
                help_text=gettext("Empty: the name of what it shows."),
                required=False,
                max_length=120,
            )

    @property
    def titles(self) -> dict[str, str]:
        return {
            name.removeprefix("title_"): words
            for name, words in self.cleaned_data.items()
            if name.startswith("title_")
        }


def _opened(request: HttpRequest) -> tuple[City, Principal]:
    by = principal_of(request)
    if not by.may(Permission.ARRANGE_PAGE):
        raise PermissionDenied
    return city_of(request), by


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def now(request: HttpRequest) -> HttpResponseBase:
    """The tiles in their order, and a form for one more."""
    city, by = _opened(request)
    form = TileForm(city, by, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                _add(city, by, form)
        except Refused as refusal:
            form.add_error(None, in_words(refusal.problem.what))
        else:
            return done(request, gettext("The tile stands at the end of the page."), "desk-now")
    tiles = NowTile.objects.filter(city=city).select_related("datastream__thing", "observed_property")
    context = frame(
        request,
        "now",
        gettext("City now"),
        gettext("Which tiles everybody sees on the page “City now”, and in which order."),
        crumbs=[(gettext("Desk"), reverse("desk")), (gettext("City now"), "")],
        tiles=[
            (tile, _name(tile), gettext(TILE_KINDS[TileKind(tile.kind)]))
            for tile in tiles.order_by("place", "pk")
        ],
        form=form,
    )
    status = 422 if request.method == "POST" else 200
    return render(request, "observations/desk/now.html", context, status=status)


def _add(city: City, by: Principal, form: TileForm) -> None:
    said = form.cleaned_data
    arranging.add_tile(
        city=city,
        by=by,
        kind=TileKind(said["kind"]),
        datastream=Datastream.objects.filter(city=city, pk=said["datastream"] or 0).visible_to(by).first(),
        observed_property=ObservedProperty.objects.filter(
            city=city, pk=said["observed_property"] or 0
        ).first(),
        title=form.titles,
    )


def _name(tile: NowTile) -> str:
    if label(tile.title):
        return label(tile.title)
    if tile.datastream:
        return series_words(tile.datastream)
    return tile.observed_property.name if tile.observed_property else gettext("Map of the city")


@desk_page
@require_POST
def change(request: HttpRequest, tile: int) -> HttpResponseBase:
    """Up, down, hide, show or remove, as the button says."""
    city, by = _opened(request)
    found = NowTile.objects.filter(city=city, pk=tile).first()
    if found is None:
        raise NotFound("tile", str(tile))
    deed = request.POST.get("deed", "")
    if deed in {"up", "down"}:
        arranging.move_tile(tile=found, up=deed == "up", by=by)
    elif deed in {"show", "hide"}:
        arranging.show_tile(tile=found, is_visible=deed == "show", by=by)
    elif deed == "remove":
        arranging.remove_tile(tile=found, by=by)
    return done(request, gettext("The page is arranged."), "desk-now")
