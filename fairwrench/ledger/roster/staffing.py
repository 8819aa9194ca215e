"""How rosters name their columns, and how they write departments and positions."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from fairwrench.ledger.body.sheet_rows import Rows
from fairwrench.ledger.cells.labels import name_key
from fairwrench.ledger.cells.reasons import Reason
from fairwrench.settlement.problem import nearest
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.source.source import Column, Source, Text

_STATUS: dict[str, tuple[str, ...]] = {
    "regular": ("在职", "正式", "正式员工", "转正", "已转正", "在岗", "正常", "返聘", "active", "employed"),
    "probation": ("试用", "试用期", "实习", "见习", "未转正", "实习期", "on probation", "trial"),
    "left": ("离职", "已离职", "辞职", "退休", "解除", "离岗", "resigned", "terminated"),
}


def _column(zh: str, en: str, aliases: str, **facts: object) -> Column:
    words = tuple(word.strip() for word in aliases.split(","))
    return Column.model_validate({"name": Text(zh=zh, en=en), "aliases": words, **facts})


_MANAGER = (
    "直接上级工号, 直属上级工号, 上级工号, 直属上级, 直接主管, 直线经理, 上级, 主管, 汇报对象, "
    "直接上级姓名, 直属上级姓名, manager, line manager, supervisor, reports to"
)
#: how rosters name their columns
SHEET = Source(
    name=Text(zh="花名册", en="Roster"),
    row=Text(zh="一人的一次任职", en="one assignment of one person"),
    # A roster is read by the machinery of evidence, which wants a key and a column to file by; it is never landed.
    key=("employee_id",),
    filed_by="employee_id",
    columns={
        "employee_id": _column(
            "工号", "Employee id", "员工编号, 员工号, 员工工号, 人员编号, 编号, employee no, staff id"
        ),
        "name": _column("姓名", "Name", "员工姓名, 人员姓名, 名字, employee name, full name", required=True),
        "store": _column("门店", "Store", "店名, 所属门店, 门店名称, 店别, 公司, 分店, 服务站, 网点, branch, dealer"),
        "department": _column("部门", "Department", "所属部门, 部门名称, 班组, dept, team"),
        "position": _column("岗位", "Position", "职位, 职务, 岗位名称, 职位名称, 工种, job title, title, role"),
        "manager_id": _column("直接上级", "Manager", _MANAGER, type="person"),
        "status": _column("状态", "Status", "员工状态, 在职状态, 人员状态, 用工状态, 转正状态", one_of=_STATUS),
        "hired_on": _column("入职日期", "Hired on", "入职时间, 到岗日期, 入司日期, hire date, hired", type="date"),
        "left_on": _column("离职日期", "Left on", "离职时间, 最后工作日, leaving date, last day, left", type="date"),
        "full_salary": _column(
            "全额工资",
            "Full salary",
            "月薪, 月工资, 工资标准, 标准工资, 薪资, 工资, salary",
            type="decimal",
            unit="money",
        ),
        "from": _column("生效日期", "From", "开始日期, 任职开始, 起始日期, 任职日期, start date, begin", type="date"),
        "to": _column("结束日期", "To", "失效日期, 任职结束, 截止日期, 终止日期, end date, until", type="date"),
        "aliases": _column("别名", "Aliases", "曾用名, 系统账号, 系统姓名, 英文名, other names"),
    },
)

#: every word for something → what it may mean
Words = Mapping[str, list[str]]


def name_postings(rows: Rows, scheme: Scheme) -> None:
    """Departments and positions as the scheme's ids; a department left empty is the position's."""
    departments = _words({key: (part.name, part.aliases) for key, part in scheme.departments.items()})
    positions = _words({key: (part.name, part.aliases) for key, part in scheme.positions.items()})
    texts = rows.frame.select("department", "position")
    # Before positions: the same title stands in several departments (主管), and the department says which is meant.
    found = {text: departments.get(name_key(text), [None])[0] for text in texts["department"].unique().drop_nulls()}
    department = texts["department"].replace_strict(found, default=None, return_dtype=pl.String)
    posts = [
        _position(text, near, positions, scheme)
        for text, near in zip(texts["position"].to_list(), department.to_list(), strict=True)
    ]
    own = [scheme.positions[post].department if post else None for post in posts]
    rows.put("department", department.zip_with(texts["department"].is_not_null(), pl.Series(own, dtype=pl.String)))
    rows.put("position", pl.Series(posts, dtype=pl.String))
    for column, words in (("department", departments), ("position", positions)):
        unknown = texts[column].is_not_null() & rows.frame[column].is_null()
        at = rows.frame["_at"].filter(unknown)
        _tell(rows, column, at, words)


def _words(parts: Mapping[str, tuple[Text | None, tuple[str, ...]]]) -> dict[str, list[str]]:
    words: dict[str, list[str]] = {}
    for key, (name, aliases) in parts.items():
        for word in dict.fromkeys(map(name_key, (key, *((name.zh, name.en) if name else ()), *aliases))):
            words.setdefault(word, []).append(key)
    return words


def _position(text: str | None, department: str | None, positions: Words, scheme: Scheme) -> str | None:
    """The position meant by a text; where several have that name, the one of the department."""
    may_be = positions.get(name_key(text), []) if text else []
    near = [key for key in may_be if scheme.positions[key].department == department]
    # Never the first of several: a wrong position is a wrong scheme of pay.
    return near[0] if len(near) == 1 else may_be[0] if len(may_be) == 1 else None


def _tell(rows: Rows, column: str, at: pl.Series, words: Words) -> None:
    if len(at):
        rows.failures.add_each(column, at, rows.cells[column].gather(at), lambda text: _not_in_scheme(text, words))


def _not_in_scheme(text: str, words: Words) -> Reason:
    may_be = words.get(name_key(text), [])
    if may_be:
        several = "、".join(may_be)
        return Reason("unclear_position", f"可能是 {several}，请填部门", f"this may be {several}; say the department")
    near = nearest(name_key(text), words)
    hint_zh, hint_en = (f"，最接近的是“{near}”", f"; the nearest is {near!r}") if near else ("", "")
    return Reason("not_in_scheme", f"制度中没有{hint_zh}", f"the scheme has no such word{hint_en}")
