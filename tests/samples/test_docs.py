"""The examples of docs/samples.md run as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs/samples.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.slow
@pytest.mark.parametrize("code", BLOCKS, ids=["sample", "bench"])
def test_examples_run(code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(code, {})  # an example that fails would stop whoever tries it first


def test_every_planted_kind_is_explained(made):
    named = set(re.findall(r"`([a-z_]+)`", PAGE))
    assert {finding.kind for finding in made.truth.findings} <= named
