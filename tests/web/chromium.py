"""The browser of the tests: the system's Chromium."""

from __future__ import annotations

import shutil

#: The one without windows comes first: the other draws the whole browser around each page, for three times the time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
#: where it lies; None where none is installed
CHROMIUM = next((found for name in NAMES if (found := shutil.which(name))), None)
