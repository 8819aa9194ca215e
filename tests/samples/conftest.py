"""One small sample for all tests here."""

import pytest

from fairwrench.samples.sample import make_sample
from tests.samples.taken import MONTHS, ORDERS, Made, take


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Three stores, few orders, months enough for every plant that looks back."""
    folder = tmp_path_factory.mktemp("sample")
    return take(folder, make_sample(folder, months=MONTHS, orders=ORDERS))
