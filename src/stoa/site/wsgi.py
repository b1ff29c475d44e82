# SPDX-License-Identifier: EUPL-1.2
"""The WSGI application that granian serves behind the front."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from stoa.commons.jobs.serving import begin_serving

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stoa.site.settings")
application = get_wsgi_application()
begin_serving()
