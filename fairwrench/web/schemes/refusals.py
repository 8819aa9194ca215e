"""Why something cannot be done with a version, in words."""

from __future__ import annotations

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem
from fairwrench.web.schemes.models import SchemeVersion


def no_yaml(name: str) -> Problem:
    """Another kind of file."""
    zh, en = "制度是 .yaml 文件，请上传这样的文件", "a scheme is a .yaml file; hand in such a file"
    return Problem("no_yaml", zh, en, file=name)


def too_large(name: str, most: int) -> Problem:
    """More than a scheme can need."""
    zh, en = f"文件超过 {most >> 10} kB，不像一份制度", f"the file is larger than {most >> 10} kB: no scheme is"
    return Problem("too_large", zh, en, file=name)


def empty(name: str) -> Problem:
    """Nothing in it."""
    return Problem("empty", "文件是空的", "the file is empty", file=name)


def there_already(version: SchemeVersion) -> Problem:
    """The same document, letter by letter."""
    zh = f"同样的文件已经上传过：{version}（{version.file}）"
    en = f"this very file was handed in before: {version} ({version.file})"
    return Problem("there_already", zh, en, file=version.file)


def same_version(version: SchemeVersion) -> Problem:
    """Another document under a name that is taken."""
    zh = f"{version.name} 的版本 {version.version} 已经存在；内容有变化时请改写 version"
    en = f"version {version.version} of {version.name} exists already; a change needs a new `version`"
    return Problem("same_version", zh, en, path=("version",), file=version.file)


def no_draft(version: SchemeVersion) -> Problem:
    """A step that the state does not allow: proposed, adopted or withdrawn meanwhile."""
    if version.state == SchemeVersion.State.PROPOSED:
        zh = f"{version} 已提交审批（拟自 {version.begins} 起适用）；如需更改，请先撤回提交"
        en = f"{version} was proposed already, from {version.begins} on; take the proposal back to change it"
    elif version.state == SchemeVersion.State.ADOPTED:
        zh = f"{version} 已获批准，自 {version.begins} 起适用"
        en = f"{version} was approved meanwhile, from {version.begins} on"
    else:
        zh, en = f"{version} 已撤回，不能再提交", f"{version} was withdrawn and cannot be proposed any more"
    return Problem("moved_on", zh, en)


def moved_on(version: SchemeVersion) -> Problem:
    """A decision on what is not there any more."""
    zh = f"{version} 在您打开页面之后已有变动，请看过最新内容再审批"
    en = f"{version} was changed or decided since you opened the page; look at it again before you decide"
    return Problem("moved_on", zh, en)


def own_proposal() -> Problem:
    """One person for what takes two."""
    zh, en = "自己提交的版本须由另一位总经理批准", "what you proposed yourself has to be approved by somebody else"
    return Problem("same_person", zh, en)


def no_ground() -> Problem:
    """A proposal that does not say why."""
    return Problem("no_ground", "请写明修改依据", "say on what ground the scheme is to change")


def no_reason() -> Problem:
    """Sent back without a word."""
    return Problem("no_reason", "退回时请写明原因", "say why it is sent back")


def no_reason_to_withdraw() -> Problem:
    """An approved version put away without a word to those who proposed and approved it."""
    return Problem("no_reason", "撤回已批准的版本时请写明原因", "say why an approved version is withdrawn")


def another_document(version: SchemeVersion) -> Problem:
    """Not what was handed in and checked."""
    zh = f"{version} 的文件已丢失或被改动，请撤回后重新上传"
    en = f"the document of {version} is lost or was changed; withdraw the version and hand it in again"
    return Problem("another_document", zh, en, file=version.file)


def far_away(begins: Month) -> Problem:
    """A slip of the pen."""
    return Problem(
        "far_away", f"生效月份 {begins} 不合理，请核对", f"{begins} is too far away; look at the month again"
    )


def taken(begins: Month) -> Problem:
    """Two versions from one month on."""
    zh = f"已批准的另一个版本也自 {begins} 起适用；请另选月份，或先撤回那个版本"
    en = f"another approved version begins in {begins}; choose another month, or withdraw that one first"
    return Problem("taken", zh, en)


def settled(month: Month) -> Problem:
    """Figures that stand."""
    zh = f"{month} 已经核算，制度不能再改；请选择之后的月份"
    en = f"{month} is settled; its scheme cannot change any more. Choose a later month"
    return Problem("settled", zh, en)


def used(version: SchemeVersion, month: Month) -> Problem:
    """A version by which a month was settled."""
    zh = f"{month} 已按 {version} 核算，不能撤回；如需更改，请上传新版本"
    en = f"{month} was settled by {version}, which cannot be withdrawn; hand in a new version instead"
    return Problem("used", zh, en)


def no_opinions() -> Problem:
    """A discussion without what was said."""
    zh, en = "请写明讨论的意见与答复", "say what was said in the discussion, and answered"
    return Problem("no_opinions", zh, en)
