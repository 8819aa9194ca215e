"""What all tests share: the hypothesis profile, when those of Spark are left out, who does what on several cores, and
what is built once for all of them."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

from tests.built_once import built_once as kept_once

# Derandomised and without a clock: a property that fails here fails everywhere, and a busy machine fails nothing.
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci")
#: what takes longest is begun first, so that no core waits for it in the end
LONG = ("tests/web/journeys", "tests/web/settlements", "tests/samples", "tests/web/work", "tests/web/one_store")
#: folders whose files share what one core alone can keep: a served site
TOGETHER = LONG[:1]


class ByFolder(LoadFileScheduling):
    """Each file on one core, and the folders that share something costly on one core as a whole."""

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in TOGETHER if nodeid.startswith(f"{folder}/")), super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByFolder | None:
    """Ours in the place of `--dist loadfile`."""
    if config.getoption("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    return ByFolder(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest; skip, with the reason, the tests of an engine that is not installed."""
    items.sort(key=_place)
    if find_spec("pyspark"):
        return
    for item in items:
        if item.get_closest_marker("spark"):
            item.add_marker(pytest.mark.skip(reason="pyspark is not installed; `make test-spark` installs it"))


def _place(item: pytest.Item) -> int:
    return next((at for at, folder in enumerate(LONG) if item.nodeid.startswith(f"{folder}/")), len(LONG))


@pytest.fixture(scope="session")
def built_once(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, Callable[[Path], None]], Path]:
    """`built_once("name", build)` is the folder that `build` filled, now or earlier; it is copied, never written to."""
    cache = getattr(pytestconfig, "cache", None)
    root = cache.mkdir("built") if cache else tmp_path_factory.getbasetemp()
    return lambda name, build: kept_once(root, name, build)
