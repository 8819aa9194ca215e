"""The settings of the project for tests: a home of its own, quick password hashes, work done at once."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("FAIRWRENCH_HOME", tempfile.mkdtemp(prefix="fairwrench-tests-"))
os.environ.setdefault("FAIRWRENCH_SECRET_KEY", "for tests alone, so it may be known to everybody who reads them")
# a browser driven in the same process keeps its event loop running, beside tests that have nothing to do with it
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

from fairwrench.web.project.settings import *  # noqa: F403  settings on top of settings

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": UPLOADS}},  # noqa: F405  from the line above
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
JOBS_AT_ONCE = True
AXES_ENABLED = False
SECOND_STEP_ROLES = frozenset()
