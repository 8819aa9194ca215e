"""What a PDF needs of the system, and how it is said where it lacks: pango, and a font with Chinese."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.core.checks import CheckMessage, Warning

from fairwrench.settlement.problem import Problem

#: what lays out text, as Debian names the files of `libpango-1.0-0` and `libpangoft2-1.0-0` and of what these need
LIBRARIES = ("libgobject-2.0.so.0", "libpango-1.0.so.0", "libharfbuzz.so.0", "libpangoft2-1.0.so.0")
FONTS, CHINESE = "libfontconfig.so.1", b":lang=zh-cn"
#: the packages of Debian that bring them
OF_PANGO, OF_FONT = "libpango-1.0-0 libpangoft2-1.0-0", "fonts-noto-cjk"


class _Fonts(ctypes.Structure):
    """What fontconfig found; its number is all that is asked."""

    _fields_ = [("number", ctypes.c_int)]


@cache
def lacks() -> tuple[Problem, ...]:
    """Why no PDF can be made on this machine; nothing where one can. What is installed meanwhile counts from the next
    start."""
    return tuple(_lacks())


def checked(**_asked: Any) -> list[CheckMessage]:
    """The same as warnings of the program's start: everything else works without."""
    return [Warning(f"{problem.zh} · {problem.en}", id=f"ui.{problem.code}") for problem in lacks()]


def _lacks() -> Iterator[Problem]:
    missing = [name for name in (*LIBRARIES, FONTS) if not _loads(name)]
    if missing:
        zh = f"本机缺少生成 PDF 所需的系统库 {'、'.join(missing)}，请管理员安装：{OF_PANGO}"
        en = f"PDF needs libraries that this machine lacks ({', '.join(missing)}); to be installed: {OF_PANGO}"
        yield Problem("no_pango", zh, en)
    elif not _chinese():
        zh = f"本机没有中文字体，PDF 会缺字，因此不生成；请管理员安装，例如 {OF_FONT}"
        en = f"no font of this machine has Chinese, so no PDF is made; to be installed, say {OF_FONT}"
        yield Problem("no_chinese_font", zh, en)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _chinese() -> bool:
    """Whether fontconfig knows a font with Chinese."""
    fonts = ctypes.CDLL(FONTS)
    fonts.FcNameParse.restype = fonts.FcObjectSetCreate.restype = ctypes.c_void_p
    fonts.FcNameParse.argtypes = [ctypes.c_char_p]
    fonts.FcFontList.argtypes = [ctypes.c_void_p] * 3
    fonts.FcFontList.restype = ctypes.POINTER(_Fonts)
    found = fonts.FcFontList(None, fonts.FcNameParse(CHINESE), fonts.FcObjectSetCreate())
    return bool(found) and found.contents.number > 0
