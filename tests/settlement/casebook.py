"""Reads the hand-worked cases of `tests/cases/*.yaml`; numbers with decimals stay decimals."""

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML, ScalarNode
from ruamel.yaml.constructor import SafeConstructor

CASES = Path(__file__).parents[1] / "cases"


class _Exact(SafeConstructor):
    def construct_decimal(self, node: ScalarNode) -> Decimal:
        """A number as written, never as a binary fraction."""
        return Decimal(node.value)


_Exact.add_constructor("tag:yaml.org,2002:float", _Exact.construct_decimal)


@cache
def _book(book: str) -> Any:
    """A whole book: most have several parts, and reading takes long."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _Exact
    return yaml.load((CASES / f"{book}.yaml").read_text(encoding="utf-8"))


def cases(book: str, part: str) -> Any:
    """Parametrizes a test with the cases of one part of a book: each arrives as `case`, a dict, under its own name."""
    found = _book(book)[part]
    names = [case["name"] for case in found]
    assert len(set(names)) == len(names), f"two cases of {book}.{part} bear the same name"
    assert all(case["article"] for case in found)
    return pytest.mark.parametrize("case", found, ids=names)


def hundredths(number: Decimal | int | None) -> int | None:
    """A score as people write it, in hundredths of a point."""
    return None if number is None else int(Decimal(number) * 100)
