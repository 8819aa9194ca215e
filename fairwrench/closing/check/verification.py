"""What came of checking a month: equal, or evidence altered, output altered, rules newer; each told apart in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fairwrench.settlement.problem import Problem
from fairwrench.settlement.rules import RULES

#: why a month is not what comes out of its seal
Cause = Literal["evidence", "output", "rules"]
WORDS: dict[Cause, tuple[str, str]] = {
    "evidence": (
        "数据被改动：锁定的数据、原件、记录或清单不再是核算时的样子，无法据此重新计算。",
        "evidence altered: what the month was sealed from is no longer as it was, so nothing can be settled from it.",
    ),
    "output": (
        "结果被改动：数据与锁定时相同，但留存的结果不是由它们算出来的。",
        "output altered: the evidence is as sealed, but the results that are kept are not what comes out of it.",
    ),
    "rules": (
        "规则更新：数据和结果都没有被改动，但本程序的核算规则比锁定时新，算出的结果因此不同。",
        "rules newer: neither evidence nor output was altered, but the program settles by newer rules than the month "
        "was sealed by, and its figures differ because of that.",
    ),
}
EQUAL = ("一致：用锁定的数据重新核算，结果逐字节相同。", "equal: settled again from the seal, byte for byte.")


@dataclass(frozen=True)
class Verification:
    """A month checked: `problems` are every difference by cause, none where it is equal."""

    month: str
    cause: Cause | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def equal(self) -> bool:
        """Whether all is as it was sealed and settled."""
        return self.cause is None

    def verdict(self, lang: str) -> str:
        """The outcome in one sentence."""
        zh, en = EQUAL if self.cause is None else WORDS[self.cause]
        return zh if lang == "zh" else en


def rules_newer(sealed_by: int) -> Problem:
    """Figures differ because the program's rules are newer than those of the seal."""
    zh = f"锁定时的核算规则是第 {sealed_by} 版，本程序是第 {RULES} 版；"
    zh += "要重现当时的结果，请使用当时的程序版本（见锁定清单的 program）"
    en = f"sealed by version {sealed_by} of the rules, this program has version {RULES}; "
    en += "to have the figures of then, use the program of then (`program` in the seal)"
    return Problem("rules_newer", zh, en, details={"sealed": str(sealed_by), "program": str(RULES)})


def rules_unknown(sealed_by: int) -> Problem:
    """The month was settled by newer rules than this program has."""
    zh = f"锁定时的核算规则是第 {sealed_by} 版，本程序只有第 {RULES} 版；请用更新的程序核对"
    en = f"sealed by version {sealed_by} of the rules, this program only has version {RULES}; "
    en += "verify with a newer program"
    return Problem("rules_unknown", zh, en, details={"sealed": str(sealed_by), "program": str(RULES)})
