"""Progress of long work on the terminal, and silence where nobody watches."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

WORDS = {
    "read": ("读取并校验文件", "reading files"),
    "land": ("写入台账", "landing"),
    "settle": ("核算月份", "settling months"),
    "correct": ("重算以前月份", "correcting earlier months"),
    "report": ("写出报表", "writing reports"),
}


class ProgressBars:
    """One bar a kind of work; `step(kind, what)` moves it, `expect(kind, total)` says how long it is."""

    def __init__(self, lang: str, *, quiet: bool = False) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[now]}"),
        )
        # Beside the output, and gone when the work is done: logs and pipes hold no bars.
        console = Console(stderr=True)
        self._bars = Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal)
        self._tasks: dict[str, TaskID] = {}
        self._lang = lang

    def __enter__(self) -> ProgressBars:
        """Start showing."""
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop showing."""
        self._bars.stop()

    def expect(self, kind: str, total: int) -> None:
        """There will be `total` pieces of this kind of work."""
        self._bars.update(self._task(kind), total=total)

    def step(self, kind: str, what: str) -> None:
        """A piece of work begins."""
        self._bars.update(self._task(kind), advance=1, now=what)

    def _task(self, kind: str) -> TaskID:
        if kind not in self._tasks:
            # A bar appears with the first piece of its work; how many there are may be known later, or never.
            self._tasks[kind] = self._bars.add_task(WORDS[kind][self._lang == "en"], total=None, now="")
        return self._tasks[kind]
