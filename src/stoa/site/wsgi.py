# SPDX-License-Identifier: EUPL-1.2
"""The portal as a WSGI application, with all its pages loaded: `portal_server` forks what this has loaded."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stoa.site.settings")
application = get_wsgi_application()
assert get_resolver().url_patterns  # all pages are loaded now, not by the first who asks
