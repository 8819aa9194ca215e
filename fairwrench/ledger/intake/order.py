"""Which of a folder's files have the last word where they say two things of one row: the lines of its `order.txt`."""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import NamedTuple

from fairwrench.settlement.problem import Problem, nearest

#: in the folder itself: files that say two things of one row, in the order in which they were handed in
ORDER = frozenset(("order.txt", "顺序.txt"))


class Listed(NamedTuple):
    """A file by its path in the folder or its name, and where that was said: in which file and line, else `--last`."""

    name: str
    file: str = ""
    line: int = 0

    @property
    def said(self) -> tuple[str, str]:
        """Where it was said, in both languages."""
        if not self.file:
            return "--last 写的", "named by --last"
        return f"{self.file} 第 {self.line} 行写的", f"named in line {self.line} of {self.file}"


def order_said(directory: Path) -> list[Listed]:
    """The files that the folder's `order.txt` lists, each where it stands last; empty without one."""
    there = [directory / name for name in sorted(ORDER) if (directory / name).is_file()]
    named = [
        Listed(_path(line), path.name, number)
        for path in there
        for number, line in enumerate(_text(path).splitlines(), 1)
        if line.strip() and not line.strip().startswith("#")
    ]
    names = [listed.name for listed in named]
    # A name that stands twice counts where it stands last: that is what "has the last word" means.
    return [listed for at, listed in enumerate(named) if listed.name not in names[at + 1 :]]


def listed_last(names: Iterable[str]) -> list[Listed]:
    """The files that somebody names by `--last`."""
    return [Listed(_path(name)) for name in names]


def order_problems(directory: Path) -> list[Problem]:
    """What to tell of an `order.txt` that is a folder and so lists nothing."""
    return [_a_folder(name) for name in sorted(ORDER) if (directory / name).is_dir()]


def not_to_be_found(listed: Listed, directory: Path, known: Iterable[str]) -> Problem:
    """Why a listed file is none of the folder's: `known` are the paths of those that there are."""
    zh, en = listed.said
    name = listed.name
    if name.startswith("/") or PureWindowsPath(name).drive:
        zh, en = f"{zh}“{name}”是完整路径，", f"{name}, {en}, is an absolute path; "
        zh, en = (
            zh + "请只写文件名，或它在数据文件夹里的路径",
            en + "write the file's name, or its path in the data folder",
        )
    elif (directory / name).is_dir():
        zh = f"{zh}“{name}”是文件夹，请写明其中的哪一份文件"
        en = f"{name}, {en}, is a folder; name the file in it that is meant"
    elif (directory / name).is_file():
        zh = f"{zh}“{name}”不是要读取的数据文件（花名册、临时文件或不是表格），不分先后"
        en = f"{name}, {en}, is no file of evidence (a roster, a temporary file or no table), so it has no place there"
    else:
        stems = {PurePosixPath(path).stem: PurePosixPath(path).name for path in known}
        near = stems.get(nearest(PurePosixPath(name).stem, stems), "")
        hint_zh, hint_en = (f"；是否为“{near}”？", f"; did you mean {near}?") if near else ("", "")
        zh, en = f"文件夹里没有“{name}”（{zh}）{hint_zh}", f"the folder has no file {name}, {en}{hint_en}"
    return Problem("which_file", zh, en, subject=name)


def found_twice(listed: Listed, count: int) -> Problem:
    """Why a name is not enough: several files have it."""
    zh, en = listed.said
    return Problem(
        "which_file",
        f"有 {count} 个文件叫“{listed.name}”（{zh}），请写明文件夹",
        f"{count} files are called {listed.name}, {en}; give its folder, too",
        subject=listed.name,
    )


def _path(line: str) -> str:
    """A path as it is compared: with slashes, and without `./` before it."""
    return PurePosixPath(line.strip().replace("\\", "/")).as_posix()


def _text(path: Path) -> str:
    content = path.read_bytes()
    # Notepad saves text in any of these three; a wrong letter only makes a name that is not found and told.
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")


def _a_folder(name: str) -> Problem:
    return Problem(
        "order_is_folder",
        f"“{name}”是一个文件夹，没有当作文件的先后次序；请改放一个同名的文本文件，逐行写文件名",
        f"{name} is a folder and says no order of files; put a text file of that name in its place, a file a line",
        "warning",
        file=name,
    )
