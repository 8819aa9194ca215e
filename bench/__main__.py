"""`python -m bench --size S`: measure, print a table of ratios, and keep it as JSON. No clock ever makes it fail;
figures that come out unequal do."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from dataclasses import asdict
from pathlib import Path

from bench.comparing import BY_SIZE, COMPARISONS, Bench, Line, Unequal, faster
from bench.ours import size_of

FOLDER = Path(__file__).parent.parent / "build" / "bench"


def main() -> int:
    """Run what the size can afford, or what was asked for."""
    asked = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    asked.add_argument("--size", choices=list(BY_SIZE), default="S")
    asked.add_argument("--only", nargs="*", choices=list(COMPARISONS), help="these comparisons alone")
    asked.add_argument("--times", type=int, default=3, help="runs of each thing; the median counts")
    words = asked.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    size = size_of(words.size)
    print(
        f"size {size.name}: {size.stores:,} stores, {size.people:,} people,"
        f" {size.stores * size.orders:,} orders a month"
    )
    print(machine())
    lines = []
    try:
        for name in words.only or BY_SIZE[words.size]:
            for line in COMPARISONS[name](Bench(FOLDER, words.size, words.times)):
                print(told(line), flush=True)
                lines.append(line)
    except Unequal as wrong:
        print(f"NOT EQUAL:\n{wrong}", file=sys.stderr)
        return 1
    kept = [{**asdict(line), "ratio": line.ratio(faster(line))} for line in lines]
    (FOLDER / f"{words.size}.json").write_text(json.dumps(kept, ensure_ascii=False, indent=1))
    return 0


def machine() -> str:
    """What it runs on, and how busy that was at the start: others' work shows in every figure by the clock."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    busy = os.getloadavg()[0]
    named = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GB"
    return f"{named}; load at the start {busy:.1f}\n"


def told(line: Line) -> str:
    """One line of the table."""
    words = [f"{line.what}\n    ours {_shown(line.ours.seconds, line.ours.cpu, line.ours.memory)}"]
    ratio = line.ratio(faster(line))
    if line.theirs and ratio:
        theirs = line.theirs
        words.append(f"theirs {_shown(theirs.seconds * line.whole, theirs.cpu * line.whole, theirs.memory)}")
        words.append(f"ratio {ratio[0]:.2f} by the clock, {ratio[1]:.2f} by processor time")
    words += [f"bar {line.bar}"] if line.bar else []
    words += [f"floor {line.floor}"] if line.floor else []
    return "; ".join([*words, *([line.note] if line.note else [])])


def _shown(seconds: float, cpu: float, memory: float) -> str:
    return f"{seconds:,.2f} s (processor {cpu:,.2f} s{f', {memory:,.0f} MB' if memory else ''})"


if __name__ == "__main__":
    sys.exit(main())
