# SPDX-License-Identifier: EUPL-1.2
"""Addresses of our own pages about somebody's account, below `account/`, in front of the library's."""

from __future__ import annotations

from django.urls import path

from stoa.commons.people import openid
from stoa.commons.people.pages import own_data

urlpatterns = [
    path("data", own_data.page, name="account-data"),
    path("oidc/<str:provider_id>/login/callback/", openid.callback),
]
