"""The template of the appraisal form on A4 (S1 ❺ 5.1): goals, results, comments, plan, interview, signatures."""

from __future__ import annotations

from pathlib import Path

from docx.document import Document as Paper
from docx.shared import Mm

from fairwrench.report.papers.paper import (
    WIDTH,
    blank_paper,
    directive,
    grid,
    heads,
    line,
    page_break,
    put,
    save,
    shade,
    title,
    whole_rows,
)

#: what stands at the top: label and placeholder, two pairs a row
FACTS = (
    (("姓名", "Name"), "name", ("工号", "Employee"), "employee_id"),
    (("门店 / 部门", "Store / department"), "place", ("岗位", "Position"), "position"),
    (("直接上级", "Line manager"), "line_manager", ("隔级上级", "Next-level manager"), "next_level"),
)
ITEMS = (
    (("考核项", "Goal or KPI"), "name", 44.0),
    (("类别", "Category"), "category", 22.0),
    (("权重", "Weight"), "weight", 15.0),
    (("目标", "Target"), "target", 26.0),
    (("结果", "Result"), "result", 26.0),
    (("得分", "Points"), "points", 17.0),
    (("说明", "Note"), "note", 28.0),
)
COMMENTS = (
    ("员工自评", "Employee’s own view"),
    ("直接上级评语", "Line manager’s comment"),
    ("隔级上级意见", "Next-level manager’s view"),
)
PLAN = (("发展 / 改进目标", "To develop or improve"), ("行动与支持", "Action and support"), ("期限", "By when"))
INTERVIEW = (("面谈时间与地点", "When and where"), ("要点与约定", "What was said and agreed"))
SIGNATURES = (
    ("员工", "Employee"),
    ("直接上级", "Line manager"),
    ("隔级上级", "Next-level manager"),
    ("人力资源部", "HR"),
)
TOTAL = ("总分 = Σ(得分 × 权重) ÷ Σ计入的权重 + 加分", "Score = Σ(points × weight) ÷ Σ weight that counts + bonus")


def appraisal_template(path: Path, lang: str) -> Path:
    """Write the template; it is filled with `forms`, a list of people (see `appraisal.form_of`)."""
    place = int(lang == "en")
    paper = blank_paper()
    # Each directive has a paragraph of its own: `{%p` takes the whole paragraph away when the template is filled.
    directive(paper, "{%p for form in forms %}")
    title(paper, ("绩效评估表", "Performance appraisal")[place] + "　{{ form['month'] }}")
    _facts(paper, place)
    _items(paper, place)
    _comments(paper, place)
    _plan(paper, place)
    _interview(paper, place)
    _signatures(paper, place)
    line(paper, "{{ form['appeal'] }}", 8, grey=True, before=4)
    line(paper, "{{ form['stands_on'] }}", 7, grey=True)
    # No break after the last form, or each document would end with an empty page.
    directive(paper, "{%p if not loop.last %}")
    page_break(paper)
    directive(paper, "{%p endif %}")
    directive(paper, "{%p endfor %}")
    return save(paper, path)


def _facts(paper: Paper, place: int) -> None:
    table = grid(paper, len(FACTS), (26, 63, 26, 63))
    for row, facts in zip(table.rows, FACTS, strict=True):
        for cell, fact in zip(row.cells, facts, strict=True):
            if isinstance(fact, tuple):
                put(cell, fact[place], bold=True)
                shade(cell)
            else:
                put(cell, f"{{{{ form['{fact}'] }}}}")


def _items(paper: Paper, place: int) -> None:
    _section(paper, ("一　目标、指标与结果", "1  Goals, KPIs and results")[place])
    widths = [width for _, _, width in ITEMS]
    table = grid(paper, 5, widths)
    heads(table, [head[place] for head, _, _ in ITEMS])
    # `{%tr` takes its whole row away: the rows around the items are there for the template alone.
    put(table.rows[1].cells[0], "{%tr for item in form['items'] %}")
    for cell, (_, name, _) in zip(table.rows[2].cells, ITEMS, strict=True):
        put(cell, f"{{{{ item['{name}'] }}}}", right=name in ("weight", "target", "result", "points"), size=8.5)
    put(table.rows[3].cells[0], "{%tr endfor %}")
    last = table.rows[4].cells
    last[0].merge(last[4])
    put(last[0], TOTAL[place], bold=True)
    put(last[5], "{{ form['score'] }}", bold=True, right=True)
    put(last[6], "{{ form['grade'] }}", bold=True)
    for cell in last:
        shade(cell)
    whole_rows(table)


def _comments(paper: Paper, place: int) -> None:
    _section(paper, ("二　评语", "2  Comments")[place])
    table = grid(paper, len(COMMENTS), (34, WIDTH - 34))
    for row, words in zip(table.rows, COMMENTS, strict=True):
        row.height = Mm(17)
        put(row.cells[0], words[place], bold=True)
        shade(row.cells[0])
    whole_rows(table)


def _plan(paper: Paper, place: int) -> None:
    _section(paper, ("三　个人发展计划", "3  Personal development plan")[place])
    table = grid(paper, 3, (68, 80, 30))
    heads(table, [words[place] for words in PLAN])
    for row in table.rows[1:]:
        row.height = Mm(11)
    whole_rows(table)


def _interview(paper: Paper, place: int) -> None:
    _section(paper, ("四　绩效面谈记录", "4  Record of the interview")[place])
    table = grid(paper, len(INTERVIEW), (34, WIDTH - 34))
    for row, words, height in zip(table.rows, INTERVIEW, (8, 22), strict=True):
        row.height = Mm(height)
        put(row.cells[0], words[place], bold=True)
        shade(row.cells[0])
    whole_rows(table)


def _signatures(paper: Paper, place: int) -> None:
    _section(paper, ("五　签字", "5  Signatures")[place])
    table = grid(paper, 3, [WIDTH / 4] * 4)
    for column, words in enumerate(SIGNATURES):
        put(table.rows[0].cells[column], words[place], bold=True)
        shade(table.rows[0].cells[column])
        put(table.rows[2].cells[column], ("日期：", "Date: ")[place])
    # Room for a pen.
    table.rows[1].height = Mm(13)
    whole_rows(table)


def _section(paper: Paper, words: str) -> None:
    line(paper, words, 10.5, bold=True, before=6)
    # A heading never stands alone at the foot of a page, away from its table.
    paper.paragraphs[-1].paragraph_format.keep_with_next = True
