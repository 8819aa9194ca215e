"""What of a message goes outside: nothing that somebody typed, and the rest whole."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

import fairwrench.web
from fairwrench.web.work.channels.composing import sayable

#: names of what somebody types, as the program has them
TYPED = {"note", "reason", "title", "why", "short", "answer", "topic", "text"}
WEB = Path(fairwrench.web.__file__).parent


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ("2026-11: 3 of your ratings were returned: pay 12000", "2026-11: 3 of your ratings were returned"),
        ("Reminder: 2026-11: ratings wait to be given by you", "Reminder: 2026-11: ratings wait to be given by you"),
        ("Reminder: the scheme waits to be read: from C to B", "Reminder: the scheme waits to be read"),
        ("2026-11: 4 corrections to decide", "2026-11: 4 corrections to decide"),
        ("奖惩单待确认（11-04 17:30 前）：score was 95", "奖惩单待确认（11-04 17:30 前）"),
        ("被退回：\n工资12000", "被退回"),
        ("was sent back:\nby B, to C", "was sent back"),
        ("任务已完成，请确认：把李四的工资12000改好", "任务已完成，请确认"),
    ],
)
def test_what_stands_before_the_quote_is_sent_whole(said: str, sent: str) -> None:
    """Fails when typed words go out, or when of "2026-11: 4 corrections to decide" the month alone is left."""
    with translation.override("zh-hans"):
        assert sayable((said, said)) == sent


def test_whoever_tells_people_something_quotes_it_behind_a_colon() -> None:
    """Fails when a message of any app has typed words before its colon, from where they would be mailed."""
    found = [place for path in sorted(WEB.rglob("*.py")) for place in _before_colons(path)]
    assert found == []


def test_typed_words_before_a_colon_are_found(tmp_path: Path) -> None:
    """The rule above finds what it is for."""
    path = tmp_path / "telling.py"
    path.write_text('Message(to, (f"任务“{task.title}”已完成", f"{zh}：{doing.note}"), url)\n', "utf-8")
    assert list(_before_colons(path)) == ["telling.py:1 task.title"]


def _before_colons(path: Path) -> Iterator[str]:
    """Where texts have typed words before any colon, in a module that tells people something."""
    source = path.read_text("utf-8")
    if "Message(" not in source:
        return
    for text in ast.walk(ast.parse(source)):
        if not isinstance(text, ast.JoinedStr):
            continue
        behind = False
        for part in text.values:
            if isinstance(part, ast.Constant):
                behind = behind or "：" in str(part.value) or ": " in str(part.value)
            elif isinstance(part, ast.FormattedValue) and not behind:
                name = ast.unparse(part.value)
                if name.rpartition(".")[2] in TYPED:
                    yield f"{path.name}:{text.lineno} {name}"
