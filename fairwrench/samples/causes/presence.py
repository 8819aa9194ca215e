"""Who is there on which day: days of duty, days of absence, lateness."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from fairwrench.samples.causes.people import Group, Person
from fairwrench.settlement.calendar.deadlines import Month

HOURS_A_DAY = 8


@dataclass(frozen=True, slots=True)
class Presence:
    """One person's month: days of duty, those missed, times late or badly dressed, days absent without leave."""

    duty: frozenset[date]
    missed: frozenset[date]
    late_times: int
    absent_days: int
    appearance_faults: int

    @property
    def there(self) -> frozenset[date]:
        """The days on which the person works."""
        return self.duty - self.missed


def presences(group: Group, month: Month, seed: int) -> dict[str, Presence]:
    """The presence of everybody in service in the month, by employee id."""
    return {
        p.employee_id: _presence(p, month, Random(f"{seed}/{month}/{p.employee_id}/presence"))
        for p, _ in group.working(month)
    }


def _presence(person: Person, month: Month, random: Random) -> Presence:
    traits = person.traits(month)
    # Days off go round by the employee's number: the workshop is open every day and never empty.
    free = int(person.employee_id[1:]) % 7
    days = [month.first + timedelta(days=step) for step in range(month.days)]
    duty = [day for day in days if person.at(day) and day.weekday() not in (free, (free + 3) % 7)]
    away = 1 - traits.punctual
    missed = [day for day in duty if random.random() < 0.9 * away**2]
    late = sum(random.random() < 0.6 * away**1.5 for _ in duty)
    return Presence(
        duty=frozenset(duty),
        missed=frozenset(missed),
        late_times=late,
        absent_days=len(missed) if traits.punctual < 0.6 else 0,
        appearance_faults=sum(random.random() < 0.4 * away**2 for _ in duty),
    )
