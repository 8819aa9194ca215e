"""The roster file → its frame. What would break: the wrong position, store or salary for a month of pay."""

from datetime import date, datetime
from pathlib import Path

import pytest

from fairwrench.catalog.loader import load_scheme
from fairwrench.ledger.people.people import Directory
from fairwrench.ledger.roster.roster import COLUMNS, given_roster, latest_day, read_roster
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Department, Position, Scheme
from fairwrench.settlement.source.source import Text
from tests.ledger.handed import Cells, csv, xlsx

HEADER = (
    "工号",
    "姓名",
    "门店",
    "部门",
    "岗位",
    "直接上级",
    "状态",
    "入职日期",
    "离职日期",
    "全额工资(元)",
    "生效日期",
    "结束日期",
)
ROW = ("1001", "张三", "一店", "售后", "维修技师", None, "在职", "2020-03-01", None, "8,000.50", None, None)


def text(zh: str) -> Text:
    return Text(zh=zh, en=zh)


#: only the parts of a scheme that a roster asks for
SCHEME = Scheme.model_construct(
    departments={
        "service": Department(name=text("服务部"), aliases=("售后", "售后部")),
        "sales": Department(name=text("销售部")),
    },
    positions={
        "technician": Position(name=text("维修技师"), department="service", side="profit", aliases=("技师", "机修工")),
        "service_manager": Position(name=text("服务经理"), department="service", side="profit", aliases=("经理",)),
        "sales_manager": Position(name=text("销售经理"), department="sales", side="profit", aliases=("经理",)),
    },
)


def _file(path: Path, rows: Cells) -> Path:
    file = path / "roster.csv"
    file.write_bytes(csv(rows, separator="\t"))
    return file


def read(path: Path, rows: Cells) -> tuple[list[dict[str, object]], list[Problem]]:
    frame, problems = read_roster(_file(path, rows), SCHEME)
    assert dict(frame.schema) == {name: kind() for name, kind in COLUMNS.items()}
    return frame.rows(named=True), problems


def changed(**cells: object) -> tuple[object, ...]:
    """ROW with some cells changed, named by the start of their header."""
    at = {label.split("(")[0]: place for place, label in enumerate(HEADER)}
    row = list(ROW)
    for label, cell in cells.items():
        row[at[label]] = cell  # type: ignore[call-overload]
    return tuple(row)


def test_a_roster_in_chinese(tmp_path: Path) -> None:
    """As HR keeps it: aliases, a title above, money with a comma."""
    rows, problems = read(tmp_path, [("一店花名册",), HEADER, changed(部门="售后部", 岗位="机修工", 状态="试用期")])
    assert problems == []
    assert rows == [
        {
            "employee_id": "1001",
            "name": "张三",
            "store": "一店",
            "department": "service",
            "position": "technician",
            "manager_id": None,
            "status": "probation",
            "hired_on": date(2020, 3, 1),
            "left_on": None,
            "full_salary": 800050,
            "from": None,
            "to": None,
            "_row": 3,
            "aliases": None,
        }
    ]


def test_a_roster_in_english_and_as_a_workbook(tmp_path: Path) -> None:
    """Several sheets are one roster; Excel dates are dates."""
    header = ("Employee id", "Name", "Store", "Position", "Hired on", "Salary", "Other names")
    path = xlsx(
        tmp_path / "roster.xlsx",
        说明=[("How to fill this in",)],
        一店=[header, ("0077", "Ann", "一店", "technician", datetime(2020, 3, 1), 8000, "Annie、安")],
        二店=[header, (78, "Bob", "二店", "技师", date(2021, 1, 5), None, None)],
    )
    frame, problems = read_roster(path, SCHEME)
    assert problems == []
    assert frame.select("employee_id", "store", "hired_on", "full_salary", "department", "status").rows() == [
        ("0077", "一店", date(2020, 3, 1), 800000, "service", "regular"),
        ("78", "二店", date(2021, 1, 5), None, "service", "regular"),
    ]
    assert Directory.of(frame).find("安", "一店").employee_id == "0077"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("售后经理", "service_director"),
        ("前台主管", "front_desk_supervisor"),
        ("班组长", "team_leader"),
        ("车间主管", "workshop_manager"),
        ("调度员", "dispatcher"),
        ("派工员", "dispatcher"),
        ("客服", "customer_service_clerk"),
        ("客服经理", "customer_service_manager"),
        ("财务", "finance_clerk"),
        ("总经理助理", "gm_assistant"),
        ("店总", "general_manager"),
    ],
)
def test_a_dealership_calls_its_posts_as_it_does(tmp_path: Path, written: str, meant: str) -> None:
    """Breaks if a post goes unread, or is taken for another one."""
    lines = [("工号", "姓名", "门店", "岗位", "状态"), ("7001", "周一", "一店", written, "在职")]
    frame, _ = read_roster(xlsx(tmp_path / "roster.xlsx", 花名册=lines), load_scheme("dealership"))
    assert frame["position"].to_list() == [meant]


@pytest.mark.parametrize(
    ("cells", "code", "field"),
    [
        ({"岗位": "维修技工"}, "not_in_scheme", "position"),
        ({"部门": "售後"}, "not_in_scheme", "department"),
        ({"入职日期": "2020-13-01"}, "no_such_date", "hired_on"),
        ({"离职日期": "下月"}, "not_a_date", "left_on"),
        ({"全额工资": "面谈"}, "not_a_number", "full_salary"),
        ({"状态": "休眠"}, "not_in_list", "status"),
        ({"姓名": None}, "required", "name"),
        ({"门店": None}, "required", "store"),
    ],
)
def test_a_cell_that_cannot_be_read_is_told(tmp_path: Path, cells: dict[str, object], code: str, field: str) -> None:
    """With its row, its text, and the nearest word that would do; the value stays unknown, never guessed."""
    rows, problems = read(tmp_path, [HEADER, ROW, changed(**{"工号": "1002", **cells})])
    assert [(problem.code, problem.severity, problem.line) for problem in problems] == [(code, "error", 3)]
    assert problems[0].file == "roster.csv" and "3" in problems[0].zh
    if field not in ("status", "department"):
        assert rows[1][field] is None


def test_the_nearest_word_is_offered(tmp_path: Path) -> None:
    """Most unknown positions are typed a little differently."""
    _, problems = read(tmp_path, [HEADER, changed(岗位="维修技工"), changed(工号="1002", 岗位="维修技工")])
    assert len(problems) == 1, "one sentence for the same word in many rows"
    assert "维修技师" in problems[0].zh and "2、3" in problems[0].zh


def test_a_position_is_told_by_its_department(tmp_path: Path) -> None:
    """经理 means another one in sales; without a department it is asked."""
    rows, problems = read(
        tmp_path,
        [
            HEADER,
            changed(岗位="经理", 部门="销售部"),
            changed(工号="1002", 岗位="经理", 部门="售后"),
            changed(工号="1003", 岗位="经理", 部门=None),
            changed(工号="1004", 岗位="销售经理", 部门=None),
        ],
    )
    assert [row["position"] for row in rows] == ["sales_manager", "service_manager", None, "sales_manager"]
    assert [row["department"] for row in rows] == ["sales", "service", None, "sales"]
    assert [problem.code for problem in problems] == ["unclear_position"]


def test_managers_by_id_or_name(tmp_path: Path) -> None:
    """In the store first, then anywhere; namesakes are asked, strangers told."""
    people = [
        changed(工号="1001", 姓名="张三"),
        changed(工号="2001", 姓名="张三", 门店="二店"),
        changed(工号="2002", 姓名="总管", 门店="二店"),
        changed(工号="1002", 姓名="甲", 直接上级="1001"),
        changed(工号="1003", 姓名="乙", 直接上级="张三"),
        changed(工号="1004", 姓名="丙", 直接上级="总管"),
        changed(工号="3001", 姓名="丁", 门店="三店", 直接上级="张三"),
        changed(工号="1006", 姓名="戊", 直接上级="无名"),
    ]
    rows, problems = read(tmp_path, [HEADER, *people])
    assert [row["manager_id"] for row in rows[3:]] == ["1001", "1001", "2002", None, None]
    assert [(problem.code, problem.severity, problem.subject) for problem in problems] == [
        ("namesakes", "error", "张三"),
        ("unknown_manager", "error", "无名"),
    ]
    assert "第 9 行" in problems[1].zh, "the row is told"


@pytest.mark.parametrize(("typed", "near"), [("总官理", "总管理"), ("20020", "2002"), ("毫不相干", "")])
def test_an_unknown_manager_is_an_error_with_the_nearest_name(tmp_path: Path, typed: str, near: str) -> None:
    """Fails when a slip of the pen leaves somebody without the one who rates and signs."""
    boss = changed(工号="2002", 姓名="总管理")
    rows, problems = read(tmp_path, [HEADER, boss, changed(直接上级=typed), changed(工号="1002", 直接上级=typed)])
    assert [row["manager_id"] for row in rows] == [None, None, None]
    assert [(problem.code, problem.severity, problem.line) for problem in problems] == [("unknown_manager", "error", 3)]
    assert "3、4" in problems[0].zh
    assert (f"最接近的是“{near}”" in problems[0].zh) is bool(near)


@pytest.mark.parametrize("said", ["无", "-", "none", ""])
def test_who_has_no_manager_may_say_so(tmp_path: Path, said: str) -> None:
    """Fails when the head of a group cannot be written down."""
    rows, problems = read(tmp_path, [HEADER, changed(直接上级=said)])
    assert (rows[0]["manager_id"], problems) == (None, [])


def test_the_nearest_name_is_none_of_another_store(tmp_path: Path) -> None:
    """Fails when a wrong name in one store's file tells who works in another."""
    known = read_roster(_file(tmp_path, [HEADER, changed(工号="9001", 姓名="总管理", 门店="二店")]), SCHEME)[0]
    _, problems = read_roster(_file(tmp_path, [HEADER, changed(直接上级="总官理")]), SCHEME, known=known)
    assert [problem.code for problem in problems] == ["unknown_manager"]
    assert "总管理" not in problems[0].zh


def test_an_id_column_of_the_manager_comes_beside_the_name(tmp_path: Path) -> None:
    """Both are often there; the id is taken."""
    header = (*HEADER, "直接上级工号")
    rows, problems = read(tmp_path, [header, (*ROW, None), (*changed(工号="1002", 直接上级="张某"), "1001")])
    assert rows[1]["manager_id"] == "1001" and problems == []


def test_repeated_rows_count_once_and_two_names_are_told(tmp_path: Path) -> None:
    """The same row twice is a slip; one id for two people pays one for the other."""
    rows, problems = read(tmp_path, [HEADER, ROW, ROW, changed(姓名="李四")])
    assert len(rows) == 2
    assert [(problem.code, problem.severity) for problem in problems] == [
        ("repeated_row", "warning"),
        ("two_names", "error"),
    ]


@pytest.mark.parametrize("number", ["4.40301E+17", "4.40301e17", "440301199001011000", "440301199001010000"])
def test_a_long_id_that_a_spreadsheet_rounded_is_an_error_that_says_how_to_mend_it(tmp_path: Path, number: str) -> None:
    """Fails when several people become one: the last digits of their ids are gone, and pay goes by ids."""
    _, problems = read(tmp_path, [HEADER, changed(工号=number)])
    assert [(problem.code, problem.severity, problem.line) for problem in problems] == [("digits_lost", "error", 2)]
    assert "文本" in problems[0].zh and "as text" in problems[0].en
    _, problems = read(tmp_path, [HEADER, changed(直接上级=number)])
    assert [(problem.code, problem.severity) for problem in problems] == [("digits_lost", "error")]


@pytest.mark.parametrize("number", ["440301199001011234", "1E5A", "E102", "100000000000000", "00012"])
def test_other_ids_are_taken_as_they_are(tmp_path: Path, number: str) -> None:
    """Fails when an id that lost nothing is refused."""
    rows, problems = read(tmp_path, [HEADER, changed(工号=number)])
    assert (rows[0]["employee_id"], problems) == (number, [])


def test_ids_that_look_the_same_are_told(tmp_path: Path) -> None:
    """Fails when a file that names E102 credits the work to e102."""
    _, problems = read(tmp_path, [HEADER, changed(工号="E102"), changed(工号="e102", 姓名="李四")])
    assert [(problem.code, problem.severity) for problem in problems] == [("similar_ids", "error")]


#: the day as of which days are judged below
TODAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"入职日期": "1949-12-31"}, "far_date"),
        ({"入职日期": "1976-11-28"}, "born_then"),
        ({"入职日期": "1976-11-29"}, None),
        ({"入职日期": "1960-01-01", "离职日期": "2009-12-31", "状态": "离职"}, None),
        ({"入职日期": "1960-01-01", "离职日期": "2010-01-02", "状态": "离职"}, "born_then"),
        ({"入职日期": "2027-11-29"}, None),
        ({"入职日期": "2027-11-30"}, "far_ahead"),
        ({"离职日期": "2027-11-30"}, "far_ahead"),
        ({"生效日期": "2027-11-30"}, "far_ahead"),
        ({"结束日期": "2099-12-31"}, None),
        ({"离职日期": "2020-02-29", "状态": "离职"}, "ends_before_it_begins"),
        ({"生效日期": "2026-03-02", "结束日期": "2026-03-01"}, "ends_before_it_begins"),
        ({"状态": "离职"}, "left_without_date"),
    ],
)
def test_days_that_cannot_be_meant_are_errors(tmp_path: Path, cells: dict[str, object], code: str | None) -> None:
    """Fails when a date of birth in the wrong column, or a year mistyped, decides who is paid for a month."""
    _, problems = given_roster(_file(tmp_path, [HEADER, changed(**cells)]), SCHEME, today=TODAY)
    assert [(problem.code, problem.severity) for problem in problems] == ([(code, "error")] if code else [])


def test_somebody_called_employed_whose_last_day_has_passed_is_told(tmp_path: Path) -> None:
    """Fails when 在职 stands beside a last day of two months ago and nobody is asked which one is old."""
    for day, told in (("2026-09-10", [("employed_yet_gone", "warning")]), ("2026-12-31", [])):
        _, problems = given_roster(_file(tmp_path, [HEADER, changed(离职日期=day)]), SCHEME, today=TODAY)
        assert [(problem.code, problem.severity) for problem in problems] == told


def test_a_leap_day_has_a_year_ahead() -> None:
    """Fails on the 29th of February."""
    assert latest_day(date(2028, 2, 29)) == date(2029, 2, 28)


def test_what_a_sheet_has_no_column_for_is_told_apart_from_what_is_empty(tmp_path: Path) -> None:
    """Fails when a file without salaries takes them away from everybody."""
    full, bare = ("工号", "姓名", "门店", "岗位", "全额工资"), ("工号", "姓名", "门店", "岗位")
    path = xlsx(
        tmp_path / "roster.xlsx",
        一店=[full, ("1", "甲", "一店", "技师", None)],
        二店=[bare, ("2", "乙", "二店", "技师")],
    )
    frame, problems = given_roster(path, SCHEME)
    assert problems == []
    assert ["full_salary" in given for given in frame["given"]] == [True, False]
    assert read_roster(path, SCHEME)[0].columns == list(COLUMNS)


def test_totals_and_blank_rows_are_nobody(tmp_path: Path) -> None:
    """HR counts heads at the bottom."""
    rows, _ = read(
        tmp_path, [HEADER, ROW, (None,) * 12, ("合计", None, None, None, None, None, None, None, None, "8000")]
    )
    assert [row["employee_id"] for row in rows] == ["1001"]


def test_a_file_that_is_no_roster(tmp_path: Path) -> None:
    """Said in one sentence, with an empty frame that has every column."""
    for content in (b"", b"a,b\n1,2\n", b"%PDF-1.4"):
        path = tmp_path / "roster.csv"
        path.write_bytes(content)
        frame, problems = read_roster(path, SCHEME)
        assert frame.is_empty() and frame.columns == list(COLUMNS)
        assert [problem.severity for problem in problems] == ["error"]


@pytest.mark.parametrize(
    ("label", "cell", "fen"),
    [("全额工资（万元）", "0.6", 600_000), ("全额工资", "6000", 600_000), ("全额工资（千元）", "6", 600_000)],
)
def test_salaries_in_their_unit(label: str, cell: str, fen: int, tmp_path: Path) -> None:
    """Fails when 0.6 under 万元 is 60 fen."""
    header = tuple(label if "全额工资" in column else column for column in HEADER)
    row = tuple(cell if "全额工资" in column else said for column, said in zip(HEADER, ROW, strict=True))
    rows, problems = read(tmp_path, [header, row])
    assert not problems and rows[0]["full_salary"] == fen


@pytest.mark.parametrize(
    ("label", "cell"), [("全额工资（万元）", "6000"), ("全额工资", "0.6"), ("全额工资（分）", "6000")]
)
def test_a_salary_that_only_another_unit_explains_is_an_error(label: str, cell: str, tmp_path: Path) -> None:
    """Fails when 6 000 under 万元 is a salary of sixty million a month, without a word."""
    header = tuple(label if "全额工资" in column else column for column in HEADER)
    row = tuple(cell if "全额工资" in column else said for column, said in zip(HEADER, ROW, strict=True))
    _, problems = read(tmp_path, [header, row])
    assert [(problem.code, problem.severity) for problem in problems] == [("wrong_unit_likely", "error")]


def test_a_title_of_the_roster_names_the_unit_of_salaries(tmp_path: Path) -> None:
    """Fails when 单位：万元 above the roster is passed over."""
    header = tuple("全额工资" if "全额工资" in column else column for column in HEADER)
    row = tuple("0.6" if "全额工资" in column else said for column, said in zip(HEADER, ROW, strict=True))
    rows, problems = read(tmp_path, [("单位：万元",), header, row])
    assert [problem.code for problem in problems] == ["unit_in_title"] and rows[0]["full_salary"] == 600_000
