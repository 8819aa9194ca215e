"""What every test shares: the hypothesis profile, and when Spark's tests are left out."""

from importlib.util import find_spec

import pytest
from hypothesis import settings

# Derandomised and without a clock: a property that fails here fails everywhere, and a busy machine fails nothing.
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with the reason, the tests of an engine that is not installed."""
    if find_spec("pyspark"):
        return
    for item in items:
        if item.get_closest_marker("spark"):
            item.add_marker(pytest.mark.skip(reason="pyspark is not installed; `make test-spark` installs it"))
