"""Words in two languages, side by side where they are used (docs/decisions/0006-words-in-two-languages.md)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from django.utils.functional import Promise, lazy
from django.utils.translation import get_language


class Bilingual(Protocol):
    """What carries its words in both languages: `Text`, `Problem` and the like."""

    @property
    def zh(self) -> str:
        """In Chinese."""
        ...

    @property
    def en(self) -> str:
        """In English."""
        ...


Words = Bilingual | tuple[str, str] | str
#: what stands between words put together, by the Chinese mark
MARKS = {"、": ", ", "，": ", ", "；": "; ", "：": ": "}


def lang() -> str:
    """`en` where the reader reads English, else `zh`: the codes that the settlement's own words use."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def pick(zh: str, en: str) -> str:
    """The wording in the language of the request."""
    return en if lang() == "en" else zh


_both = lazy(pick, str)


def both(zh: str, en: str) -> str:
    """The same for labels of forms and models: the language is chosen when they are shown, not when they are made."""
    return _both(zh, en)


def of(words: Words | None) -> str:
    """The wording of a `Text`, a `Problem`, a pair (Chinese, English) or a plain string; empty for none."""
    if words is None or isinstance(words, str | Promise):
        return str(words or "")
    if isinstance(words, tuple | list):
        return pick(*words)
    return pick(words.zh, words.en)


def joined(parts: Iterable[Any], mark: str = "、") -> str:
    """Words put together with a mark of `MARKS`, as the reader's language writes it; empty parts are left out."""
    between = pick(mark, MARKS[mark])
    return between.join(said for part in parts if (said := str(part)))


def aside(words: Any, note: Any) -> str:
    """Words with a note behind them in the brackets of the reader's language; without a note the words alone."""
    return pick("{}（{}）", "{} ({})").format(words, note) if str(note) else str(words)
