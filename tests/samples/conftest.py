"""One small sample for all tests here."""

import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fairwrench.samples.sample import make_sample
from tests.samples.taken import MONTHS, ORDERS, Made, take

#: the sample's files, and what intake made of them, which takes longest
FILES, TAKEN = "sample", "taken"


def write(folder: Path) -> None:
    """Make the sample and read it back."""
    made = take(folder / FILES, make_sample(folder / FILES, months=MONTHS, orders=ORDERS))
    (folder / TAKEN).write_bytes(pickle.dumps(made))


@pytest.fixture(scope="session")
def made(built_once: Any) -> Made:
    """Three stores, few orders, months enough for every plant that looks back."""
    folder = built_once("sample", write)
    return replace(pickle.loads((folder / TAKEN).read_bytes()), folder=folder / FILES)
