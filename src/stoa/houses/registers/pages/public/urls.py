# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the pages for everybody."""

from __future__ import annotations

from django.urls import path

from stoa.houses.registers.pages.public import entry, home, register

_KIND = "registers/<slug:kind>"

urlpatterns = [
    path("registers/", home.registers, name="registers"),
    path("r/<slug:code>", home.short, name="register-short"),
    path(f"{_KIND}/", register.register, name="register"),
    path(f"{_KIND}/places.geojson", register.places, name="register-places"),
    path(f"{_KIND}/at/<int:number>", register.spot, name="register-spot"),
    path(f"{_KIND}/at/<int:number>.json", register.spot_card, name="register-spot-card"),
    path(f"{_KIND}/<slug:code>", entry.entry, name="register-entry"),
    path(f"{_KIND}/<slug:code>/sign", entry.sign, name="register-sign"),
    path(f"{_KIND}/<slug:code>/sign.svg", entry.sign_svg, name="register-sign-svg"),
]
