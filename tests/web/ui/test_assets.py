"""Front-end packages: locked without addresses, gathered without maps, every icon one symbol."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from fairwrench.web.ui.assets import FILES, GATHERED, ICONS, OUTLINES, asset_dirs, gather, symbol

ROOT = Path(__file__).parents[3]
LOCK = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
PACKAGE = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
DRAWN = '<svg\n class="icon">\n  <path stroke="none" d="M0 0h24v24H0z" fill="none" />\n  <path d="M1 2l3 4" />\n</svg>'


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder in which npm has installed what we use."""
    for name in (*FILES, *(OUTLINES / f"{icon}.svg" for icon in ICONS.read_text(encoding="utf-8").split())):
        path = tmp_path / "node_modules" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(DRAWN if path.suffix == ".svg" else "a{}\n/*# sourceMappingURL=x.map */\n", encoding="utf-8")
    return tmp_path


def test_the_lock_names_no_registry_and_pins_every_package() -> None:
    """Fails when installing would ask the host of whoever made the lock, or take unchecked bytes."""
    packages = {name: about for name, about in LOCK["packages"].items() if name}
    assert [name for name, about in packages.items() if "resolved" in about] == []
    assert [name for name, about in packages.items() if not about["integrity"].startswith("sha512-")] == []
    assert PACKAGE["dependencies"] == LOCK["packages"][""]["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in PACKAGE["dependencies"].values())


def test_only_what_pages_use_is_served(installed: Path) -> None:
    """Fails when the whole of node_modules, or a link to a map that is not there, would be published."""
    served = gather(installed)
    assert asset_dirs(installed) == [("packages", served)] and served == installed / GATHERED
    names = {path.name for path in served.iterdir()}
    assert names == {"tabler.min.css", "tabler.min.js", "echarts.common.min.js", "icons.svg"}
    assert "sourceMappingURL" not in (served / "tabler.min.css").read_text(encoding="utf-8")


def test_every_icon_is_a_symbol(installed: Path) -> None:
    """Fails when an icon is missing from the sprite, or the sprite is no SVG."""
    sprite = ET.parse(gather(installed) / "icons.svg").getroot()
    ids = [child.attrib["id"] for child in sprite]
    assert ids == ICONS.read_text(encoding="utf-8").split() == sorted(set(ids))


def test_a_symbol_is_the_drawing_without_its_frame() -> None:
    """Fails when an icon carries its own colour, size or empty square."""
    assert symbol("line", DRAWN) == '<symbol id="line" viewBox="0 0 24 24"><path d="M1 2l3 4" /></symbol>\n'


def test_a_package_that_is_not_installed_is_named(tmp_path: Path) -> None:
    """Fails when the pages would come without their style and nobody is told."""
    with pytest.raises(FileNotFoundError, match=r"tabler\.min\.css"):
        gather(tmp_path)
