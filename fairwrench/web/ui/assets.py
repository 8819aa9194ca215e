"""The front-end packages: the few files that pages use are gathered from node_modules, so that nothing else is served.

`make` runs this after npm; the packages and why they were chosen: docs/decisions/0007-front-end-packages.md.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

#: the prefix of the gathered files below `static/`
PREFIX = "packages"
GATHERED = Path("node_modules") / ".served"
FILES = (
    "@tabler/core/dist/css/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js",
    "echarts/dist/echarts.common.min.js",
)
#: the icons that pages may use, one name a line, among Tabler's outlines
ICONS = Path(__file__).with_name("icons.txt")
OUTLINES = Path("@tabler/icons/icons/outline")


def asset_dirs(root: Path) -> list[tuple[str, Path]]:
    """For STATICFILES_DIRS: the gathered files of the packages installed below `root`."""
    return [(PREFIX, root / GATHERED)]


def gather(root: Path) -> Path:
    """Put the served files and a sprite of the used icons into one folder; FileNotFoundError names what is missing."""
    packages, served = root / "node_modules", root / GATHERED
    served.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        text = (packages / name).read_text(encoding="utf-8")
        (served / Path(name).name).write_text(without_map(text), encoding="utf-8", newline="\n")
    (served / "icons.svg").write_text(sprite(packages / OUTLINES), encoding="utf-8", newline="\n")
    return served


def without_map(text: str) -> str:
    """A script or style sheet without the line that leads to its source map, which is not served."""
    return re.sub(r"(//|/\*)# sourceMappingURL=\S+(\s*\*/)?", "", text)


def sprite(outlines: Path) -> str:
    """Every icon of `icons.txt` as a symbol of one file; its id is the icon's name."""
    names = ICONS.read_text(encoding="utf-8").split()
    symbols = [symbol(name, (outlines / f"{name}.svg").read_text(encoding="utf-8")) for name in names]
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{"".join(symbols)}</svg>\n'


def symbol(name: str, svg: str) -> str:
    """One icon's drawing as a symbol; colour and thickness are the page's."""
    drawn = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>', "", svg)
    inside = " ".join(drawn[drawn.index(">", drawn.index("<svg")) + 1 : drawn.rindex("</svg>")].split())
    return f'<symbol id="{name}" viewBox="0 0 24 24">{inside}</symbol>\n'


if __name__ == "__main__":
    gather(Path(sys.argv[1]))
