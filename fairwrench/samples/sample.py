"""A dealer group that looks real: `make_sample` writes a roster, a folder of files a month, and what is planted."""

from __future__ import annotations

from pathlib import Path
from random import Random

from fairwrench.catalog.loader import load_scheme, load_sources
from fairwrench.samples import tables, teams
from fairwrench.samples.causes import accounts, colleagues, customers, offices, parts, ratings, sales
from fairwrench.samples.causes.people import Person, make_group
from fairwrench.samples.exports import Writer
from fairwrench.samples.files.desk import Desk, Past
from fairwrench.samples.files.dirt import soil
from fairwrench.samples.files.layouts import plan_files
from fairwrench.samples.files.roster import write_roster
from fairwrench.samples.stories import tell_stories
from fairwrench.samples.truth import Finding, Truth
from fairwrench.samples.words import words_of
from fairwrench.samples.world import World, live, make_world
from fairwrench.settlement.calendar.deadlines import Month

UNTIL = Month(2026, 10)
PEOPLE, ORDERS = 60, 650
#: the sources whose rows later plants come back to
REMEMBERED = ("repair_orders", "ratings")
#: the columns that files of each source carry, in their order
COLUMNS = {
    "repair_orders": tables.ORDER_COLUMNS,
    "job_lines": tables.JOB_COLUMNS,
    "surveys": customers.SURVEY_COLUMNS,
    "complaints": customers.COMPLAINT_COLUMNS,
    "appointments": customers.APPOINTMENT_COLUMNS,
    "maintenance_due": customers.DUE_COLUMNS,
    "vehicles_in_care": customers.CARE_COLUMNS,
    "parts_stock": parts.STOCK_COLUMNS,
    "claims": parts.CLAIM_COLUMNS,
    "accessories": parts.ACCESSORY_COLUMNS,
    "care_products": parts.CARE_COLUMNS,
    "paint_materials": parts.PAINT_COLUMNS,
    "collections": accounts.COLLECTION_COLUMNS,
    "renewals": sales.RENEWAL_COLUMNS,
    "sales_leads": sales.LEAD_COLUMNS,
    "sales_orders": sales.ORDER_COLUMNS,
    "visits": sales.VISIT_COLUMNS,
    "attendance": offices.ATTENDANCE_COLUMNS,
    "leave": offices.LEAVE_COLUMNS,
    "training": offices.TRAINING_COLUMNS,
    "payroll": offices.PAYROLL_COLUMNS,
    "store_month": accounts.STORE_COLUMNS,
    "targets": accounts.TARGET_COLUMNS,
    "ratings": ratings.RATING_COLUMNS,
    "internal_feedback": colleagues.FEEDBACK_COLUMNS,
    "employee_survey": colleagues.SURVEY_COLUMNS,
    "tickets": colleagues.TICKET_COLUMNS,
    "team_shares": teams.SHARE_COLUMNS,
    "submissions": colleagues.SUBMISSION_COLUMNS,
    "factory_scores": offices.SCORE_COLUMNS,
    "rebates": offices.REBATE_COLUMNS,
    "side_business": sales.DEAL_COLUMNS,
    "referrals": sales.REFERRAL_COLUMNS,
}


def make_sample(
    directory: Path,
    *,
    stores: int = 3,
    months: int = 12,
    people: int | None = None,
    orders: int | None = None,
    seed: int = 7,
    until: Month = UNTIL,
) -> Truth:
    """Write a sample group below `directory`: `months` months ending with `until`.

    `people` are the people of one store, `orders` the orders of one store in one month. The same arguments give the
    same files. Refused when so few people cannot do so many orders. Returns what is planted,
    which is also written to `truth.yaml`; `order.txt` says that files sent again come last.
    """
    first = until.plus(1 - months)
    scheme = load_scheme("dealership")
    people, orders = people or PEOPLE, orders or ORDERS
    group = make_group(Random(f"{seed}/group"), stores=stores, people=people, orders=orders, first=first)
    world = make_world(seed, group, orders, first, scheme)
    truth = Truth(seed, [store.name for store in group.stores], [str(month) for month in Month.range(first, until)])
    truth.findings += tell_stories(world, until)
    writer = Writer(directory, load_sources(), {p.employee_id: p.name for p in group.people})
    write_roster(directory / "roster.xlsx", group, words_of(scheme))
    # Months in order: a late correction or an appeal refers to rows of an earlier month as they were handed in.
    past: Past = {}
    for month in Month.range(first, until):
        truth.findings += _write_month(world, month, until, writer, past)
    # Only now are all files written, and the places of planted rows known.
    for finding in truth.findings:
        finding.places = writer.places.get(finding.kind, [])
    truth.write(directory / "truth.yaml")
    again = [finding.files[-1] for finding in truth.findings if finding.kind == "sent_again"]
    # A file sent again says otherwise than the first one; without an order that is an error, as it should be.
    (directory / "order.txt").write_text("".join(f"{file}\n" for file in again), encoding="utf-8")
    return truth


def _write_month(world: World, month: Month, until: Month, writer: Writer, past: Past) -> list[Finding]:
    """Live a month, soil its files, write them; returns what was planted in them."""
    evidence = live(world, month)
    homes = {person.employee_id: (_called(world, person), post.store) for person, post in world.group.working(month)}
    plans = plan_files(evidence, month, homes, COLUMNS, writer.sources)
    desk = Desk(month, until, world.group, writer.sources, COLUMNS, plans, past)
    planted = soil(desk)
    for plan in desk.plans:
        writer.write(plan.file, plan.system, plan.sheets)
    for file, again in desk.copies:
        writer.copy(file, again)
    past |= {(month, *key): evidence[key] for key in evidence if key[0] in REMEMBERED}
    return planted


def _called(world: World, person: Person) -> str:
    """What offices write beside the employee id: the name, and who is meant where two share it."""
    shared = sum(other.name == person.name for other in world.group.people) > 1
    return f"{person.name}({person.employee_id})" if shared else person.name
