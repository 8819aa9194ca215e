"""`python -m docs.making`: brings generated pages and quoted output up to date, and says what a person has to mend."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from docs.making import source_pages
from docs.making.pages import ROOT, commands, pages
from docs.making.quotes import renew
from docs.making.running import Workplace


def main() -> int:
    """Write the pages; 1 when a quoted line was not found again."""
    for path in source_pages.write():
        print(f"written: {path.relative_to(ROOT)}")
    if "--sources-only" in sys.argv:
        return 0
    lost = 0
    with tempfile.TemporaryDirectory() as folder:
        place = Workplace(Path(folder))
        for page in pages():
            if any(command.quoted for command in commands(page)):
                for line in renew(page, place):
                    lost += 1
                    print(f"{page.relative_to(ROOT)}: nothing like this is said any more: {line}")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
