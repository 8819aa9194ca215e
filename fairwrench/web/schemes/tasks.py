"""What the worker does now and then about schemes."""

from __future__ import annotations

from fairwrench.web.jobs.upkeep import chore
from fairwrench.web.schemes.kept import documents_tidy

chore(documents_tidy)
