"""Texts, yes/no and words from a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from fairwrench.ledger.cells.labels import name_key
from fairwrench.ledger.cells.reasons import Reason
from fairwrench.settlement.problem import nearest

#: what people and systems write into a cell that has nothing to say
NOTHING = r"^(?:[-—–－_/\\]+|[nN]/[aA]|(?i:null|none|nan|nil)|无|暂无|空|（空）|\(空\))$"
#: what a workbook shows for a cell in error
FAULT = r"^#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA|未计算)$"
FULL_WIDTH = "[\uff01-\uff5e\u3000]"

YES = ("true", "是", "y", "yes", "t", "1", "√", "✓", "✔", "☑", "有", "对", "已", "真", "ok", "on")
NO = ("false", "否", "n", "no", "f", "0", "×", "✗", "✘", "x", "☐", "没有", "错", "未", "假", "不是", "off")
BOOLS = {**dict.fromkeys(YES, True), **dict.fromkeys(NO, False)}

#: how exports keep a spreadsheet from taking a number for one (="0012"), and signs that nobody sees
_QUOTED = r'^\s*="(.*)"\s*$'
UNSEEN = ("\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2060", "\ufeff")
_UNSEEN = "[\u200b-\u200f\u2060\ufeff]"
#: what a spreadsheet leaves of a long number, the digits beyond the sixth being lost; one of POWERS stands in each
POWERS = tuple(f"{digit}{sign}" for digit in range(10) for sign in "eE")
_SHORTENED = r"^[0-9](?:(?:\.[0-9]+)?[eE]\+|\.[0-9]+[eE])[0-9]{2,}$"

NOT_YES_NO = Reason("not_yes_no", "应为“是”或“否”", "this must be yes or no")


LINE_BREAK = Reason(
    "line_break",
    "单元格里有换行，多半是引号把几行并成了一格；请更正引号或删去换行",
    "the cell holds a line break: quotes have probably made one cell of several lines; mend the quotes or delete it",
)

DIGITS_LOST = Reason(
    "digits_lost",
    "长数字被表格软件改成了科学计数法，后几位已经丢失；请把这一列的格式设为“文本”，重新填写或导出后再交",
    "the spreadsheet turned a long number into a rounded one, and its last digits are lost; format the column as text "
    "and write or export it again",
)


def bare_cells(grid: pl.DataFrame, cells: Iterable[str]) -> pl.DataFrame:
    """The grid with some cells freed of `="…"` and of signs that nobody sees, so that equal keys are equal texts."""
    named = list(dict.fromkeys(cells))
    if not named:
        return grid
    marked = grid.select(pl.col(named).str.contains_any(['="', *UNSEEN]).any()).row(0, named=True)
    freed = [
        pl.col(cell).str.replace(_QUOTED, "$1").str.replace_all(_UNSEEN, "") for cell, found in marked.items() if found
    ]
    return grid.with_columns(freed) if freed else grid


def shortened(text: pl.Series) -> pl.Series:
    """Which texts are numbers that a spreadsheet has shortened (`4.40301E+17`)."""
    return text.str.contains(_SHORTENED).fill_null(False)


def stripped(text: pl.Expr) -> pl.Expr:
    """Texts without blanks around; null where nothing is said."""
    bare = text.str.strip_chars()
    return pl.when((bare != "") & ~bare.str.contains(NOTHING)).then(bare)


def fault_reason(fault: str) -> Reason:
    """Why a cell in error is rejected."""
    if fault == "#未计算":
        return Reason(
            "uncomputed",
            "公式没有计算结果；请用 Excel 打开并保存后重新上传",
            "the formula was never computed; open the workbook in Excel, save it and hand it in again",
        )
    return Reason(
        "cell_error", f"单元格是错误值 {fault}，请修正公式", f"the cell is in error ({fault}); mend its formula"
    )


def half_width(text: pl.Series) -> pl.Series:
    """Full-width letters and digits as half-width ones, so that equal keys are equal texts.

    Only in cells that have any: how a cell is read does not depend on other rows.
    """
    at = text.str.contains(FULL_WIDTH).fill_null(False).arg_true()
    return text.scatter(at, text.gather(at).str.normalize("NFKC")) if len(at) else text


def spellings(one_of: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Every spelling of every value, as compared → the value."""
    known = {name_key(spelling): value for value, words in one_of.items() for spelling in words}
    # The values themselves come last, so that no list of spellings can turn one of them into another.
    return {**known, **{name_key(value): value for value in one_of}}


def not_listed(text: str, one_of: Mapping[str, tuple[str, ...]]) -> Reason:
    """Why a word is rejected that the list does not have; names the nearest one."""
    shown = "、".join(words[0] if words else value for value, words in one_of.items())
    known = spellings(one_of)
    near = nearest(name_key(text), known)
    hint_zh, hint_en = (f"；是否指“{near}”？", f"; did you mean {near!r}?") if near else ("", "")
    return Reason(
        "not_in_list",
        f"不是允许的值，可填：{shown}{hint_zh}",
        f"this is none of {', '.join(one_of)}{hint_en}",
    )
