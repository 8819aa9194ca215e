"""Files of strangers are read in a process that can neither last nor grow, and gives back nothing but data."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import pytest

from fairwrench.web.ui.files import bounded
from fairwrench.web.ui.files.bounded import Bounds, GivenUp, read_bounded
from tests.web.ui import astray

BOUNDS = Bounds(seconds=20, memory=1 << 29, written=32 << 20, result=2 << 20)


def given_up(reading: Any, out: Path, bounds: Bounds = BOUNDS, order: Any = None) -> str:
    with pytest.raises(GivenUp) as told:
        read_bounded(reading, order, out, bounds)
    assert not out.exists()
    return told.value.why


def test_a_reading_is_done_elsewhere_and_gives_data(tmp_path: Path) -> None:
    """Fails when the site reads the file itself, or its reader knows the site, has no bound, writes for everybody."""
    told = read_bounded(astray.well, {"a": [1], "nice": os.nice(0)}, tmp_path / "out", BOUNDS)
    assert told == {
        "order": {"a": [1], "nice": os.nice(0)},
        "django": [],
        "memory": 1 << 29,
        "mode": 0o600,
        "nice": 10,
    }
    assert (tmp_path / "out" / "frame").read_text() == "kept"


@pytest.mark.parametrize(
    ("reading", "why"),
    [
        (astray.die, "too_costly"),
        (astray.fail, "fault"),
        (astray.panic, "fault"),
        (astray.swell, "too_costly"),
        (astray.fill, "too_costly"),
        (astray.scatter, "too_costly"),
        (astray.ramble, "too_costly"),
    ],
)
def test_a_reading_that_goes_astray_ends_alone_and_leaves_nothing(tmp_path: Path, reading: Any, why: str) -> None:
    """Fails when a file that crashes its reader, swells it or fills the disk takes the site along, or stays there."""
    assert given_up(reading, tmp_path / "out") == why


@pytest.mark.parametrize("reading", [astray.hang, astray.spin])
def test_a_reading_that_never_ends_is_ended(tmp_path: Path, reading: Any) -> None:
    """Fails when one file holds a thread of the site for good."""
    begun = time.monotonic()
    assert given_up(reading, tmp_path / "out", Bounds(seconds=1, memory=1 << 29)) == "too_slow"
    assert time.monotonic() - begun < 10


def test_nothing_that_a_reading_gives_is_run(tmp_path: Path) -> None:
    """Fails when an answer is unpickled: who takes the reader over by a file would have the site too."""
    mark = tmp_path / "sprung"
    assert given_up(astray.boobytrap, tmp_path / "out", order=str(mark)) == "fault"
    assert not mark.exists()


def test_texts_that_no_database_keeps_are_made_harmless(tmp_path: Path) -> None:
    """Fails when a NUL or half a character out of a file ends in a fault of ours once it is written down."""
    assert read_bounded(astray.odd, None, tmp_path / "out", BOUNDS) == {"a�": ["�", {"b": "c�"}], "n": 1}


def test_only_so_many_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when a few uploads hold every thread of the site: who finds no turn is told to come again."""
    monkeypatch.setattr(bounded, "_turns", BoundedSemaphore(1))
    monkeypatch.setattr(bounded, "PATIENCE", 0.2)
    bounds = Bounds(seconds=2, memory=1 << 29)
    with ThreadPoolExecutor(3) as pool:
        told = [pool.submit(given_up, astray.hang, tmp_path / str(at), bounds) for at in range(3)]
    assert sorted(each.result() for each in told) == ["busy", "busy", "too_slow"]


def test_two_readings_at_once_do_not_mix_up_how_they_ended(tmp_path: Path) -> None:
    """Fails when a thread that looks after its own process takes the other's end for a failure."""
    with ThreadPoolExecutor(2) as pool:
        told = [
            pool.submit(read_bounded, astray.well, {"at": at, "nice": os.nice(0)}, tmp_path / str(at), BOUNDS)
            for at in range(12)
        ]
    assert [each.result()["order"]["at"] for each in told] == list(range(12))
