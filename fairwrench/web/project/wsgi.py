"""The application as a web server calls it."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from fairwrench.web.project.serving.loaded import hold_loaded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairwrench.web.project.settings")
application = get_wsgi_application()
hold_loaded()
