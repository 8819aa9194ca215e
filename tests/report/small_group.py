"""Two small stores on disk, worked out by hand: what each person's month comes to stands beside the evidence.

| person | score | grade | why |
| --- | --- | --- | --- |
| E2 | 84.25 | D | on time 3/4 → 81.25 × 60, satisfied 4/5 of the store → 87.50 × 20, conduct 合格 → 90 × 20 |
| E3 | – | – | nobody rated the conduct |
| E4 | 52.00 | E | labour 500 of 1,000 → 50 × 80, conduct 不合格 → 60 × 20; E in September too, so a letter |
| W2 | – | – | the western store handed in no surveys |
| W3 | 109.00 | B | labour 1,100 of 1,000 → 110 × 80, conduct 良好 → 105 × 20 |

Pay: E2 1,000.00 × 84.25 % + 5,000.00 = 5,842.50; E4 1,000.00 × 52 % + 4,000.00 = 4,520.00; W3 2,000.00 × 109 % +
4,500.00 = 6,680.00. The managers have no scorecard. One order is rejected for its negative amount.
"""

from __future__ import annotations

from pathlib import Path

from fairwrench.closing.run import Run, SettleOptions, settle_folder
from fairwrench.engines.duckdb import DuckDB
from fairwrench.settlement.calendar.deadlines import Month

SCHEME = Path(__file__).with_name("small_scheme.yaml")
OCTOBER = Month(2026, 10)
EAST, WEST = "东店", "西店"
#: names that would start a formula or open a tag if somebody let them
FORMULA, TAG = "=HYPERLINK(1)", "<b>赵&四"

ROSTER = f"""工号,姓名,门店,部门,岗位,直接上级,状态,入职日期,全额工资
E1,王一,{EAST},售后,车间经理,,在职,2020-01-01,9000
E2,李二,{EAST},售后,服务顾问,E1,在职,2020-01-01,5000
E3,{FORMULA},{EAST},售后,服务顾问,E1,在职,2020-01-01,5000
E4,{TAG},{EAST},售后,维修技师,E1,在职,2020-01-01,4000
W1,周五,{WEST},售后,车间经理,E1,在职,2020-01-01,9000
W2,吴六,{WEST},售后,服务顾问,W1,在职,2020-01-01,5000
W3,郑七,{WEST},售后,维修技师,W1,在职,2020-01-01,4500
W4,孙八,{WEST},售后,客服经理,W1,在职,2020-01-01,6000
"""
ORDERS = "工单号,接车时间,首次预计交车时间,竣工时间,服务顾问,维修技师,维修类型,工时费"
#: number, advisor, technician, hour finished (promised for 12), labour
EASTERN = [
    ("A1", "E2", "E4", 11, "200.00"),
    ("A2", "E2", "E4", 11, "300.00"),
    ("A3", "E2", "", 12, "100.00"),
    ("A4", "E2", "", 15, "100.00"),
    ("A5", "E3", "", 11, "100.00"),
    ("A6", "E3", "", 11, "99999999999999999"),
]
WESTERN = [("B1", "W2", "W3", 11, "600.00"), ("B2", "W2", "W3", 13, "500.00")]
SURVEYS = "回访编号,服务顾问,应回访日期,回访日期,是否接通,是否满意"
RATINGS = """被评人工号,考核项,评分人,考核月份,等级,事例
E2,工作态度,E1,2026-10,合格,
E4,工作态度,E1,2026-10,不合格,10月8日拒绝协助同事
W2,工作态度,W1,2026-10,合格,
W3,工作态度,W1,2026-10,良好,
"""
PAYROLL = "工号,月份,提成工资总额\nE2,2026-10,1000\nE3,2026-10,800\nE4,2026-10,1000\nW2,2026-10,900\nW3,2026-10,2000\n"
TARGETS = "对象,指标,月份,目标值\nE4,labour,2026-10,1000\nW3,labour,2026-10,1000\n西店,on_time,2026-10,0.5\n"
HISTORY = "month,employee_id,state,score,grade\n2026-09,E4,settled,50.00,E\n2026-09,E2,settled,95.00,C\n"


class Silent:
    """Progress that nobody watches; remembers what it was told."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, str]] = []

    def expect(self, kind: str, total: int) -> None:
        """So much is to come."""

    def step(self, kind: str, what: str) -> None:
        """One piece begins."""
        self.steps.append((kind, what))


def write_data(folder: Path) -> Path:
    """The files of both stores."""
    month = folder / str(OCTOBER)
    month.mkdir(parents=True)
    answers = ["否", "是", "是", "是", "是"]
    surveys = [f"S{n},E{2 + n % 2},2026-10-1{n},2026-10-1{n},是,{answer}" for n, answer in enumerate(answers)]
    texts = {
        folder / "roster.csv": ROSTER,
        month / f"{EAST}_维修工单.csv": "\n".join([ORDERS, *map(_order, EASTERN)]),
        month / f"{WEST}_维修工单.csv": "\n".join([ORDERS, *map(_order, WESTERN)]),
        month / f"{EAST}_回访.csv": "\n".join([SURVEYS, *surveys]),
        month / "评分.csv": RATINGS,
        month / "薪资数据.csv": PAYROLL,
        month / "目标值.csv": TARGETS,
    }
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return folder


def _order(row: tuple[str, str, str, int, str]) -> str:
    number, advisor, technician, hour, labour = row
    day = f"2026-10-{int(number[1:]) + 10:02}"
    return f"{number},{day} 08:00,{day} 12:00,{day} {hour:02}:00,{advisor},{technician},维修,{labour}"


def settle_small(folder: Path, lang: str = "zh") -> Run:
    """October of both stores, settled into folder/out."""
    data = write_data(folder / "data")
    history = folder / "history.csv"
    history.write_text(HISTORY, encoding="utf-8")
    asked = SettleOptions(OCTOBER, data, folder / "out", scheme=str(SCHEME), history=history, lang=lang)
    return settle_folder(asked, DuckDB(), Silent())
