"""Which source a sheet is: the one whose columns its header names best; asked where two fit equally."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import PurePath

from fairwrench.ledger.cells.labels import label_key
from fairwrench.ledger.files.sheet import Sheet
from fairwrench.ledger.header.header import Binding, Header, Index, Match, best_matches
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import Source

_FEW = 2
#: what parts the words of a file's name
_PARTS = re.compile(r"[-_\s.,，()（）\[\]【】+]+|\d{4}年?\d{1,2}月?份?")


def recognise(
    sheet: Sheet, file: str, sources: Mapping[str, Source], index: Index
) -> tuple[Header | None, list[Problem]]:
    """The header of a sheet that is evidence, or None with the problem that says why it is not taken."""
    if sheet.grid.is_empty():
        return None, list(sheet.problems)
    # The sheet before the file: a workbook of several kinds has one name and many sheets.
    texts = (sheet.name, PurePath(file).stem)
    named = named_sources(texts, sources)
    matches = _called_first(best_matches(sheet.grid, sources, index, named), called_sources(texts, sources))
    if not matches or not matches[0].complete:
        # One known label alone (备注, 日期) says nothing of the kind, and naming one would mislead.
        likely = next((match for match in matches if match.named or len(match.columns) >= _FEW), None)
        return None, [_lacking(sheet, likely, sources) if likely else _unrecognised(sheet)]
    called = matches[0].header.source in called_sources(texts, sources)
    # Two kinds that fit equally are asked about: taken for the wrong one,
    # every row would be evidence of something else.
    equals = [match for match in matches if match.fit == matches[0].fit and not called]
    if len(equals) > 1:
        return None, [_unclear(sheet, equals, sources)]
    header = matches[0].header
    return header, [*_doubled(header), *unknown_columns(header), *_missing(matches[0], sources[header.source])]


def named_sources(texts: tuple[str, ...], sources: Mapping[str, Source]) -> list[str]:
    """The sources that a sheet's or file's name names; the longest name found decides, the sheet before the file."""
    for text in map(label_key, texts):
        lengths = {
            name: _longest(text, [name, source.name.zh, source.name.en, *source.aliases])
            for name, source in sources.items()
        }
        longest = max(lengths.values(), default=0)
        if longest:
            # The longest, as 工单 is part of 维修工单明细.
            return [name for name, length in lengths.items() if length == longest]
    return []


def called_sources(texts: tuple[str, ...], sources: Mapping[str, Source]) -> list[str]:
    """The source whose name or alias is a whole part of a sheet's or file's name: 南城店_维修工单 says it outright."""
    for text in texts:
        parts = {label_key(part) for part in _PARTS.split(text)} - {""}
        found = [name for name, source in sources.items() if parts & _own_words(name, source)]
        if len(found) == 1:
            return found
    return []


def _own_words(name: str, source: Source) -> set[str]:
    return {label_key(word) for word in (name, source.name.zh, source.name.en, *source.aliases)}


def _called_first(matches: list[Match], called: list[str]) -> list[Match]:
    """The matches, led by the source that the file is called after, where its header has all that source needs."""
    # Only with all that it needs: a name alone must not make evidence of a sheet of something else.
    outright = [match for match in matches if match.header.source in called and match.complete and not match.missing]
    return [*outright, *(match for match in matches if match not in outright)]


def _longest(text: str, words: list[str]) -> int:
    return max((len(key) for key in map(label_key, words) if len(key) > 1 and key in text), default=0)


def _where(sheet: Sheet) -> tuple[str, str]:
    return (f"工作表“{sheet.name}”", f"sheet {sheet.name!r}") if sheet.name else ("文件", "the file")


def _unrecognised(sheet: Sheet) -> Problem:
    zh, en = _where(sheet)
    return Problem(
        code="unrecognised",
        zh=f"{zh}认不出是哪一类数据：没有找到任何已知数据的表头；请用模板，或把表头改成模板中的列名",
        en=f"{en} is of no known kind: no header of any known source was found; use a template or its column names",
        subject=sheet.name,
    )


def _lacking(sheet: Sheet, match: Match, sources: Mapping[str, Source]) -> Problem:
    (zh, en), source = _where(sheet), sources[match.header.source]
    columns = match.key_missing or tuple(name for name in source.columns if name not in source.key)[:3]
    shown_zh, shown_en = _shown(source, columns)
    return Problem(
        code="key_missing",
        zh=f"{zh}像是“{source.name.zh}”，但缺少列：{shown_zh}；请补上后重新上传",
        en=f"{en} looks like {source.name.en}, but lacks the columns {shown_en}; add them and hand it in again",
        subject=match.header.source,
    )


def _unclear(sheet: Sheet, equals: list[Match], sources: Mapping[str, Source]) -> Problem:
    zh, en = _where(sheet)
    names = [match.header.source for match in equals]
    maybe_zh = "，也可能是".join(f"“{sources[name].name.zh}”" for name in names)
    maybe_en = " or ".join(sources[name].name.en for name in names)
    return Problem(
        code="which_source",
        zh=f"{zh}既可能是{maybe_zh}；请在文件名或工作表名中写明",
        en=f"{en} may be {maybe_en}; say which in the file's or sheet's name",
        subject=sheet.name,
        details={"sources": " ".join(names)},
    )


def _missing(match: Match, source: Source) -> list[Problem]:
    if not match.missing:
        return []
    zh, en = _shown(source, match.missing)
    return [
        Problem(
            code="column_missing",
            zh=f"缺少必填列：{zh}，因此所有行都被退回",
            en=f"the required columns {en} are missing, so every row is rejected",
            subject=match.header.source,
        )
    ]


def unknown_columns(header: Header, elsewhere: Collection[int] = ()) -> list[Problem]:
    """What to tell of columns that mean nothing to the source; those at `elsewhere` are told otherwise."""
    unknown = header.unknown_but(elsewhere)
    if not unknown:
        return []
    return [
        Problem(
            code="unknown_columns",
            zh=f"以下列没有用到：{'、'.join(unknown)}",
            en=f"these columns are not used: {', '.join(unknown)}",
            severity="note",
        )
    ]


def _doubled(header: Header) -> list[Problem]:
    """Columns that equally mean the same column of the source and so must agree."""
    columns = dict.fromkeys(binding.column for binding in header.bindings)
    return [_must_agree(*equals) for column in columns if len(equals := header.equals(column)) > 1]


def _must_agree(taken: Binding, *others: Binding) -> Problem:
    # Columns of one name are told by their number: that a name is the same as itself says nothing.
    labels = tuple(dict.fromkeys(binding.label for binding in (taken, *others)))
    zh, en = f"有 {len(others) + 1} 列都叫“{taken.label}”", f"{len(others) + 1} columns are called {taken.label!r}"
    if len(labels) > 1:
        zh = f"“{taken.label}”与{'、'.join(f'“{label}”' for label in labels[1:])}是同一项"
        en = f"{taken.label!r} and {', '.join(map(repr, labels[1:]))} are the same"
    return Problem(
        code="column_twice",
        zh=f"{zh}，每列都读；内容不同的行退回",
        en=f"{en}; each is read, and rows in which they differ are rejected",
        severity="note",
        details={"column": taken.column},
    )


def _shown(source: Source, columns: tuple[str, ...]) -> tuple[str, str]:
    names = [source.columns[column].name for column in columns]
    zh = "、".join(name.zh if name else column for name, column in zip(names, columns, strict=True))
    en = ", ".join(name.en if name else column for name, column in zip(names, columns, strict=True))
    return zh, en
