"""The settings of an installation that tests start processes of: work waits in the database for a real worker."""

from tests.web.settings import *  # noqa: F403  settings on top of settings

JOBS_AT_ONCE = False
