"""Writes docs/sources/*.md and the lists in docs/files.md from the catalog, so that they say what intake really reads.

A page is one department of the dealership scheme; a source belongs to the department of the position that hands it in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from fairwrench.catalog.loader import load_scheme, load_sources
from fairwrench.ledger.roster.staffing import SHEET
from fairwrench.ledger.rows.checking import must_fill
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.source.source import Column, Source, Text

DOCS = Path(__file__).resolve().parents[1]
FILES = DOCS / "files.md"
FOLDER = DOCS / "sources"
#: the page of the sources that no position of a dealership hands in
OTHERS = "other_services"
OTHERS_NAME = Text(zh="其他服务", en="Other kinds of service")
STARRED = "必填 required *"
STAR_MEANS = Text(
    zh="表里没有这一列时，门店取自文件夹或文件名，月份取自月份文件夹。",
    en="without such a column the store is taken from the folder's or file's name, the month from the month's folder.",
)
HEAD = "| 列 Column | | 填什么 What goes in | 也认这些表头 Also recognised as |\n| --- | --- | --- | --- |"
KINDS = {
    "text": "文字 text",
    "int": "整数 whole number",
    "decimal": "数字 number",
    "bool": "是/否 yes/no",
    "date": "日期 date",
    "timestamp": "日期和时间 date and time",
    "month": "月份 month (2026-10)",
    "person": "工号或姓名 employee id or name",
    "store": "门店 store",
}
#: what the roster's reader refuses to be without (fairwrench/ledger/roster/roster.py)
ROSTER_NEEDS = ("employee_id", "name", "store", "position")
#: types that may be told by where a file lies instead of by a column
PLACED = ("store", "month")
CHECKS = {"vin": "校验位不对会提醒 check digit is checked", "not_future": "不能是将来 not in the future"}
Departments = dict[str, tuple[Text, dict[str, Source]]]


def departments(scheme: Scheme, sources: Mapping[str, Source]) -> Departments:
    """Department → its name and sources, in the scheme's order, the sources without a department last."""
    found: Departments = {key: (part.name or Text(zh=key, en=key), {}) for key, part in scheme.departments.items()}
    found[OTHERS] = (OTHERS_NAME, {})
    for name, source in sources.items():
        position = scheme.positions.get(source.provided_by or "")
        found[position.department if position else OTHERS][1][name] = source
    return {key: part for key, part in found.items() if part[1]}


def pages() -> dict[Path, str]:
    """Every generated page with its text, files.md with its hand-written parts as they are."""
    scheme, sources = load_scheme("dealership"), load_sources()
    grouped = departments(scheme, sources)
    found = {FOLDER / f"{key}.md": page(name, own, scheme) for key, (name, own) in grouped.items()}
    parts = {"roster": table(SHEET.columns, ROSTER_NEEDS), "sources": index(grouped)}
    return {**found, FILES: filled(FILES.read_text(encoding="utf-8"), parts)}


def filled(text: str, parts: Mapping[str, str]) -> str:
    """A page whose parts between `<!-- NAME -->` and `<!-- end -->` are written anew."""
    for name, part in parts.items():
        place = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text = place.sub(lambda found, part=part: f"{found[1]}{part}\n{found[2]}", text)
    return text


def index(grouped: Departments) -> str:
    """All sources by department: what a row is, the words by which a file is recognised, where its columns stand."""
    lines = ["| 部门 Department | 数据 Kind of file | 一行是 One row is | 文件名或表名 Names of files or sheets |"]
    lines.append("| --- | --- | --- | --- |")
    for key, (department, own) in grouped.items():
        for name, source in own.items():
            link = f"[{source.name.zh} {source.name.en}](sources/{key}.md#{name})"
            row = f"{source.row.zh} {source.row.en}"
            lines.append(f"| {department.zh} {department.en} | {link} | {row} | {words(source.aliases)} |")
    return "\n".join(lines)


def page(name: Text, own: Mapping[str, Source], scheme: Scheme) -> str:
    """One department's page: each of its sources with all columns."""
    lines = [f"# {name.zh} · {name.en}", ""]
    lines += ["[文件怎么放 How to hand files in](../files.md) · 由 `python -m docs.making` 生成 generated", ""]
    lines += [f"{STARRED}：{STAR_MEANS.zh} {STAR_MEANS.en}", ""]
    for key, source in own.items():
        lines += [f'<a id="{key}"></a>', "", f"## {source.name.zh} · {source.name.en} `{key}`", ""]
        lines += [*facts(source, scheme), "", table(source.columns, must_fill(source)), ""]
    return "\n".join(lines)


def facts(source: Source, scheme: Scheme) -> list[str]:
    """What a row is, who hands it in, how files are named, what tells rows apart."""
    lines = [f"- 一行是 one row is: {source.row.zh} · {source.row.en}"]
    if position := scheme.positions.get(source.provided_by or ""):
        lines.append(f"- 谁交 handed in by: {position.name.zh} · {position.name.en}")
    lines.append(f"- 文件名或表名 names of files or sheets: {words(source.aliases)}")
    keys = ", ".join(f"`{column}`" for column in source.key)
    lines.append(f"- 识别列 rows are told apart by: {keys}；归月 filed by: `{source.filed_by}`")
    if source.note:
        lines.append(f"- {source.note.zh} {source.note.en}")
    return lines


def table(columns: Mapping[str, Column], needed: Iterable[str]) -> str:
    """The columns of a source as a table; `needed` are those that no row may leave empty."""
    rows = [row(name, column, name in set(needed)) for name, column in columns.items()]
    return "\n".join([HEAD, *rows])


def row(name: str, column: Column, is_needed: bool) -> str:
    """One column: its names, whether it is needed, what goes in, the header words known for it."""
    called = f"{column.name.zh} {column.name.en} " if column.name else ""
    needed = "" if not is_needed else STARRED if column.type in PLACED else STARRED.removesuffix(" *")
    own = {column.name.zh, column.name.en} if column.name else set()
    return f"| {called}`{name}` | {needed} | {content(column)} | {words(w for w in column.aliases if w not in own)} |"


def content(column: Column) -> str:
    """What may stand in the cells of a column."""
    if column.one_of:
        return "；".join(f"`{value}`: {words(spellings)}" for value, spellings in column.one_of.items())
    said = [KINDS[column.type]]
    if column.type == "decimal" and column.scale != 2:
        said.append(f"{column.scale} 位小数 decimals")
    if column.min is not None or column.max is not None:
        low = "" if column.min is None else f"{column.min:f}"
        high = "" if column.max is None else f"{column.max:f}"
        said.append(f"{low} – {high}" if low and high else f"≥ {low}" if low else f"≤ {high}")
    if column.at_most:
        said.append(f"不大于 not above `{column.at_most}`")
    if column.check:
        said.append(CHECKS[column.check])
    if column.after:
        said.append(f"不早于 not before `{column.after}`")
    if column.split_into:
        said.append("可填多人，如 several people: 张三/李四")
    if column.teams:
        said.append("可填班组 a team may stand here：机电一组")
    return "，".join(said)


def words(spellings: Iterable[str]) -> str:
    """Words in a table's cell."""
    return "、".join(word.replace("|", "\\|") for word in spellings)


def write() -> list[Path]:
    """Write every page that says something else than the catalog; returns those."""
    changed = []
    for path, text in pages().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed
