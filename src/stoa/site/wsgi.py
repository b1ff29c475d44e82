# SPDX-License-Identifier: EUPL-1.2
"""The WSGI application that granian serves behind the front."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from stoa.commons.jobs.serving import begin_serving
from stoa.site.settled import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stoa.site.settings")
application = get_wsgi_application()
assert get_resolver().url_patterns  # all pages are loaded now, not by the first who asks
settle()
begin_serving()
