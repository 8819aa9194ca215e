"""A workflow as a table of the documentation: each act, from where to where, what it takes, and when it is not done."""

from __future__ import annotations

from typing import Any

from django.utils import translation

from fairwrench.web.ui.words import Words, of
from fairwrench.web.work.workflow.workflow import Act, Workflow


def workflow_table(workflow: Workflow[Any]) -> str:
    """The table of one workflow, as Markdown in both languages."""
    lines = [
        f"## {_both(workflow.words)}",
        "",
        "| act · 操作 | from · 从 | to · 到 | takes · 权限 | not theirs · 须由他人 | not done while · 不办理的情形 |",
        "| --- | --- | --- | --- | --- | --- |",
        *(_line(act, workflow) for act in workflow.acts),
    ]
    return "\n".join(lines) + "\n"


def _line(act: Act[Any], workflow: Workflow[Any]) -> str:
    froms = "<br>".join(_state(workflow, state) for state in act.froms)
    guards = "<br>".join(_both(guard.says) for guard in act.guards) or "–"
    cells = (
        _both(act.words),
        froms,
        _state(workflow, act.to) if act.to else "–",
        f"`{act.permission}`" if act.permission else "–",
    )
    return f"| {' | '.join(cells)} | {_both(act.denied_says) or '–'} | {guards} |"


def _state(workflow: Workflow[Any], state: str) -> str:
    return _both(workflow.states(state).label)


def _both(words: Words) -> str:
    """In both languages."""
    told = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            told.append(of(words))
    return " ".join(dict.fromkeys(filter(None, told)))
