"""What the pages of people declare: their addresses, who may change what, and the records of the organisation."""

from __future__ import annotations

from fairwrench.web.access.log.access_log import LoggedPage
from fairwrench.web.access.log.log_record import LogRecord
from fairwrench.web.access.policy import Permission, on_group
from fairwrench.web.access.predicates import KEEPERS, in_unit, is_employee, is_oneself, keeps_person, keeps_some
from fairwrench.web.access.targets import OfPerson, OfUnit
from fairwrench.web.people.delegation_workflow import STAND_INS
from fairwrench.web.people.todos import todos_of
from fairwrench.web.ui.navigation import Addresses, Place
from fairwrench.web.work.inbox.todos import ToDos

DECLARED = (
    ToDos(todos_of),
    STAND_INS,
    Addresses("people/", "fairwrench.web.people.urls"),
    Place("people:list", "人员", "People", "users-group", "people.view", 100),
    Place("people:stand_ins", "职务代理", "Standing in", "user-check", "people.delegate", 10, own=True),
    Permission("people.change", OfPerson, keeps_some, keeps_person),
    Permission("people.delegate", OfPerson, is_employee | keeps_some, is_oneself | keeps_person),
    Permission("organisation.change", OfUnit, keeps_some, in_unit(*KEEPERS)),
    on_group("positions.describe", *KEEPERS),
    LoggedPage("person", ("人员与工资", "Person and salary"), ("people:person", "people:move")),
    LoggedPage("roster", ("花名册（含工资）", "Roster with salaries"), ("people:roster_export",)),
    LogRecord("unit", ("组织单元", "unit"), fields={"name_en": ("英文名", "English name")}),
    LogRecord(
        "position",
        ("岗位", "position"),
        fields={"manager": ("管理岗", "leads people"), "name_zh": ("名称", "name")},
    ),
    LogRecord("employee", ("员工", "employee")),
    LogRecord("assignment", ("任职", "assignment"), along=("employee", "position", "store")),
    LogRecord("duty", ("职责", "duty"), along=("employee", "unit")),
)
