"""What a file is, told from its first bytes: extensions lie."""

from __future__ import annotations

import re
from typing import Literal, NoReturn

from fairwrench.ledger.files.archive import opened
from fairwrench.ledger.files.sheet import refuse

Kind = Literal["xlsx", "xls", "parquet", "text"]

_LEADS: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "PDF 文档", "a PDF document"),
    (b"\x89PNG", "图片", "a picture"),
    (b"\xff\xd8\xff", "图片", "a picture"),
    (b"GIF8", "图片", "a picture"),
    (b"Rar!", "RAR 压缩包", "a RAR archive"),
    (b"7z\xbc\xaf", "7z 压缩包", "a 7z archive"),
    (b"\x1f\x8b", "gzip 压缩包", "a gzip archive"),
    (b"{\\rtf", "RTF 文档", "an RTF document"),
    (b"SQLite format 3", "SQLite 数据库", "an SQLite database"),
)
#: what a zip archive is, by a name found in it
_INSIDE: tuple[tuple[str, str, str], ...] = (
    ("xl/workbook.bin", "二进制工作簿（xlsb）", "a binary workbook (xlsb)"),
    ("word/document.xml", "Word 文档", "a Word document"),
    ("ppt/presentation.xml", "演示文稿", "a presentation"),
    ("content.xml", "OpenDocument 表格（ods）", "an OpenDocument file (ods)"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|table|\?xml|meta|head|body|div)", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def kind_of(content: bytes) -> Kind:
    """The kind of a file that may hold tables; Refused, saying what it is instead, for every other."""
    head = content[:4096]
    if len(content) == len(head) and not head.strip(b"\x00 \t\r\n"):
        refuse("empty_file", "文件是空的，没有任何内容", "the file is empty")
    if head.startswith(b"PK"):
        return _inside_zip(content)
    if head.startswith(_OLE):
        return _inside_ole(content)
    if head.startswith(b"PAR1"):
        return "parquet"
    for lead, zh, en in _LEADS:
        if head.startswith(lead):
            not_a_table(zh, en)
    return _text(head)


def not_a_table(zh: str, en: str) -> NoReturn:
    """Refused: the file is something else."""
    refuse(
        "not_a_table",
        f"这不是表格文件，而是{zh}；请另存为 xlsx 或 csv 后上传",
        f"this is no table but {en}; save it as xlsx or csv and hand that in",
    )


def _inside_zip(content: bytes) -> Kind:
    with opened(content) as archive:
        names = set(archive.namelist())
    # By its parts: a zip with sheets of XML is a workbook, whatever else it says of itself.
    if any(name.startswith("xl/") and name.endswith(".xml") for name in names) and "xl/workbook.bin" not in names:
        return "xlsx"
    for name, zh, en in _INSIDE:
        if name in names:
            not_a_table(zh, en)
    not_a_table("zip 压缩包（请解压后上传里面的文件）", "a zip archive (hand in the files that it holds)")


def _inside_ole(content: bytes) -> Kind:
    # A protected xlsx is no zip: it lies encrypted in the container of old workbooks.
    if "EncryptedPackage".encode("utf-16-le") in content:
        refuse(
            "encrypted_file",
            "工作簿有打开密码；请去掉密码后重新上传",
            "the workbook is protected by a password; remove it and hand it in again",
        )
    if "WordDocument".encode("utf-16-le") in content:
        not_a_table("Word 文档", "a Word document")
    return "xls"


def _text(head: bytes) -> Kind:
    if head.startswith(_BOMS):
        return "text"
    if _MARKUP.match(head):
        not_a_table(
            "网页或 XML（有些系统把网页导出成 .xls）", "a web page or XML (some systems export web pages as .xls)"
        )
    # A few control characters are in many exports; more than one in twenty, and more than 16, are in no text.
    if b"\x00" in head or len(_CONTROL.findall(head)) > max(len(head) // 20, 16):
        not_a_table("无法识别的二进制文件", "a binary file of an unknown kind")
    return "text"
