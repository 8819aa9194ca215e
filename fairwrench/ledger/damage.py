"""What is said of a file of the ledger that is damaged, changed or gone: which one, where it came from, what to do."""

from __future__ import annotations

from fairwrench.settlement.problem import Problem

_RESTORE = ("请从备份恢复它", "restore it from the backup")


def damaged(path: str, origin: str = "") -> Problem:
    """A file of the ledger's own (a record, `ledger.json`) that cannot be read."""
    zh = f"{path}{_of(origin, 'zh')} 已损坏，无法读取；{_RESTORE[0]}"
    en = f"{path}{_of(origin, 'en')} is damaged and cannot be read; {_RESTORE[1]}"
    return Problem("file_damaged", zh, en, file=path, subject=origin)


def changed(path: str, origin: str = "") -> Problem:
    """A file that has other bytes than were sealed."""
    zh = f"{path} 已被改动（来源：{origin}）" if origin else f"{path} 已被改动"
    en = f"{path} was changed (it came from {origin})" if origin else f"{path} was changed"
    return Problem("file_changed", f"{zh}；{_RESTORE[0]}", f"{en}; {_RESTORE[1]}", file=path, subject=origin)


def missing(path: str, origin: str = "") -> Problem:
    """A file that is not there any more."""
    zh = f"缺少文件 {path}{_of(origin, 'zh')}；{_RESTORE[0]}"
    en = f"{path} is missing{_of(origin, 'en')}; {_RESTORE[1]}"
    return Problem("file_missing", zh, en, file=path, subject=origin)


def original_changed(path: str, origin: str) -> Problem:
    """An uploaded file that is no longer as it was handed in; whoever handed it in may still have it."""
    zh = f"原件已被改动（{origin}）：{path}；请从备份恢复，或把当时提交的同一个文件放回这里"
    en = f"the original of {origin} was changed: {path}; restore it from the backup, or put the very file back here"
    return Problem("file_changed", zh, en, file=path, subject=origin)


def original_missing(path: str, origin: str) -> Problem:
    """An uploaded file that is gone."""
    zh = f"原件缺失（{origin}）：{path}；请从备份恢复，或把当时提交的同一个文件放回这里"
    en = f"the original of {origin} is missing: {path}; restore it from the backup, or put the very file back here"
    return Problem("file_missing", zh, en, file=path, subject=origin)


def record_missing(path: str) -> Problem:
    """The record of a batch is gone, so nobody can say who handed its rows in."""
    zh = f"缺少上传记录 {path}，无法说明这些数据由谁、何时提交；{_RESTORE[0]}"
    en = f"the record of a batch, {path}, is missing, so nobody can say who handed its rows in; {_RESTORE[1]}"
    return Problem("record_missing", zh, en, file=path)


def record_damaged(path: str) -> Problem:
    """The record of a batch or a fold cannot be read."""
    zh = f"上传记录 {path} 已损坏，无法读取；{_RESTORE[0]}"
    en = f"the record of a batch, {path}, is damaged and cannot be read; {_RESTORE[1]}"
    return Problem("record_damaged", zh, en, file=path)


def record_changed(path: str, origin: str) -> Problem:
    """The record of a batch says something else than when the month was sealed."""
    zh = f"上传记录 {path} 已被改动（现在写的是：{origin}）；{_RESTORE[0]}"
    en = f"the record of a batch, {path}, was changed (it now says {origin}); {_RESTORE[1]}"
    return Problem("record_changed", zh, en, file=path, subject=origin)


def log_damaged(name: str, path: str) -> Problem:
    """A file of a source's Delta log is missing or cannot be read."""
    zh = f"{name} 的数据表日志已损坏：{path}；请从备份恢复整个文件夹 {name}/_delta_log，恢复之前不要再提交这类数据"
    en = f"the table log of {name} is damaged: {path}; restore the whole folder {name}/_delta_log from the backup, "
    en += "and hand in no more of this kind before that"
    return Problem("log_damaged", zh, en, file=path, subject=name)


def log_differs(name: str, path: str) -> Problem:
    """A source's Delta log does not know a sealed file, so engines that read the table see other rows."""
    zh = f"{name} 的数据表日志里缺少已锁定的文件 {path}，日志已被改动；请从备份恢复整个文件夹 {name}/_delta_log"
    en = f"the table log of {name} does not know the sealed file {path}, so it was changed; "
    en += f"restore the whole folder {name}/_delta_log from the backup"
    return Problem("log_differs", zh, en, file=path, subject=name)


def seal_changed(month: str, name: str) -> Problem:
    """The manifest is not the one that the month was sealed with."""
    zh = f"{month} 的锁定清单 {name} 本身被改动；{_RESTORE[0]}"
    en = f"the seal of {month}, {name}, was itself changed; {_RESTORE[1]}"
    return Problem("seal_changed", zh, en, file=name, subject=month)


def _of(origin: str, lang: str) -> str:
    if not origin:
        return ""
    return f"（来源：{origin}）" if lang == "zh" else f" (it came from {origin})"
