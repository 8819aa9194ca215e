"""The small group settled once in each language; reports are written from it and into places of their own."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fairwrench.closing.run import Run
from fairwrench.report.report_context import ReportContext
from tests.report.small_group import settle_small


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """October of the small group, in Chinese."""
    return settle_small(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="session")
def material(run: Run) -> ReportContext:
    """What reports are written from."""
    return ReportContext.of(run)


@pytest.fixture
def into(material: ReportContext, tmp_path: Path) -> Callable[..., ReportContext]:
    """The same material, to be written into this test's folder; other fields may be changed."""

    def changed(**fields: object) -> ReportContext:
        return replace(material, **{"out": tmp_path, **fields})

    return changed
