"""What the two stores are called, and everybody and everything in them."""

from __future__ import annotations

from fairwrench.settlement.calendar.deadlines import Month

SEPTEMBER, OCTOBER = Month(2026, 9), Month(2026, 10)
EAST, WEST = "东城店", "西郊店"
#: store → what its ids begin with, and what stands in its names, files, notes and reasons
SIGNS = {EAST: ("XE", "东蓝"), WEST: ("XW", "西红")}
#: position → its name in files, full salary and commission in yuan: in the east, in the west
PAID = {
    "chief": ("车间经理", (9033, 9766), (0, 0)),
    "advisor": ("服务顾问", (5011, 5744), (1613, 3917)),
    "technician": ("维修技师", (4022, 4755), (1709, 3203)),
}
NUMBERS = {"chief": "001", "advisor": "002", "technician": "003"}
ORDERS = "工单号,接车时间,首次预计交车时间,竣工时间,服务顾问,维修技师,维修类型,工时费"
STORES = (EAST, WEST)


def person(store: str, position: str) -> str:
    """Somebody's employee id."""
    return SIGNS[store][0] + NUMBERS[position]


def name(store: str, position: str) -> str:
    """What somebody is called."""
    return SIGNS[store][1] + PAID[position][0]
