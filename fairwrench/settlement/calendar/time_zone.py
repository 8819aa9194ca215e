"""One time zone an installation: its months, its deadlines and its days are the same for everything in it."""

from __future__ import annotations

from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Scheme


def other_time_zone(scheme: Scheme, time_zone: str) -> list[Problem]:
    """What to say of a scheme that names another time zone than the installation's; nothing where it is the same."""
    named = scheme.cycle.time_zone
    if named == time_zone:
        return []
    zh = f"制度“{scheme.name.zh}”的时区是 {named}，本系统按 {time_zone} 归月；"
    zh += f"请把制度的 cycle.time_zone 改为 {time_zone}，或另建一个使用该时区的系统"
    en = f"the scheme {scheme.scheme!r} names the time zone {named}, while months here are those of {time_zone}; "
    en += f"let its cycle.time_zone be {time_zone}, or make another installation for that zone"
    return [Problem("other_time_zone", zh, en, path=("cycle", "time_zone"))]
