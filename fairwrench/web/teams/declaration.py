"""What teams declare: their pages, who confirms their shares, whom they wait for, and how they land."""

from __future__ import annotations

from fairwrench.settlement.measure.team_shares import TEAM_SHARES
from fairwrench.web.access.log.access_log import LoggedPage
from fairwrench.web.access.log.log_record import LogRecord
from fairwrench.web.access.policy import Permission, on_oneself, only_page
from fairwrench.web.access.predicates import FOLLOWERS, HR, has_hr, in_some_store, in_store, is_employee, leads
from fairwrench.web.access.targets import OfStore
from fairwrench.web.evidence.exemptions.team_rows import TeamMembers
from fairwrench.web.evidence.kept_on_pages import DecidedWhole
from fairwrench.web.org.records_kept import RecordsKept
from fairwrench.web.teams.declared import OF_SET, history_of, leads_there, todos_of
from fairwrench.web.teams.evidence import rows_against
from fairwrench.web.teams.standing import members_of_months
from fairwrench.web.teams.tasks import land_set
from fairwrench.web.ui.navigation import Addresses, Place
from fairwrench.web.work.inbox.todos import ToDos
from fairwrench.web.work.queue.kinds import KindOfWork

DECLARED = (
    ToDos(todos_of),
    Addresses("teams/", "fairwrench.web.teams.urls"),
    Place("teams:list", "班组分配", "Team shares", "adjustments", "teams.view", 45),
    Place("teams:own", "班组份额", "My team shares", "adjustments", "teams.own", 15, own=True),
    only_page("teams.view", leads | in_some_store(*FOLLOWERS)),
    on_oneself("teams.own", is_employee),
    Permission("teams.confirm", OfStore, leads | has_hr, in_store(HR) | leads_there),
    LoggedPage("teams", ("班组分配", "Team shares"), ("teams:list", "teams:set")),
    LogRecord(
        "teamset",
        ("班组分配", "shares of a team"),
        fields={
            "team": ("班组", "team"),
            "begin": ("生效日期", "from"),
            "parts": ("份额（千分之）", "shares (thousandths)"),
        },
    ),
    RecordsKept(history_of),
    DecidedWhole(TEAM_SHARES, rows_against),
    TeamMembers(members_of_months),
    KindOfWork("teams_land", land_set, OF_SET),
)
