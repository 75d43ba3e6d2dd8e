"""What `install` asks, and what it refuses as an answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
FOLDER = re.compile(r"/[\w./@+-]+", re.ASCII)
UNSAID = re.compile(r"[\x00-\x1f\x7f\"'\\$`@]")
TAKEN = frozenset({"80", "8000", "8001"})
LONGEST_UNIT, LONGEST_IN_A_CODE = 80, 30


class BadAnswer(Exception):
    """An answer that can't be used; its text says why."""


@dataclass(frozen=True)
class Question:
    """What is asked, what an empty answer means, and what refuses an answer."""

    name: str
    asked: str
    usual: str
    check: Callable[[str], None]
    of: tuple[str, ...] = ("public", "survey", "both")


def one_of(*known: str) -> Callable[[str], None]:
    """Return what refuses anything but these words."""

    def check(answer: str) -> None:
        if answer not in known:
            raise BadAnswer(f"只能是 {' '.join(known)} 之一。 One of {' '.join(known)} is meant.")

    return check


def check_host(answer: str) -> None:
    """Refuse what is no name of a host, with or without a port."""
    name, _, port = answer.partition(":")
    if not HOST.fullmatch(name):
        raise BadAnswer(
            "请写小写的域名，例如 hy.example.cn，不带 https:// 和斜线。 "
            "A host's name in small letters is meant, without https:// and slashes."
        )
    if ":" in answer and not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
        raise BadAnswer("冒号后面要写端口，例如 8443。 After the colon a port is meant, such as 8443.")
    if port in TAKEN:
        raise BadAnswer(f"端口 {port} 另有用处，请换一个。 Port {port} is used otherwise; choose another.")


def check_public_host(answer: str) -> None:
    """Refuse also what is too long to be printed in a code."""
    check_host(answer)
    if len(answer) > LONGEST_IN_A_CODE:
        raise BadAnswer(
            f"太长：印在二维码里的域名最多 {LONGEST_IN_A_CODE} 个字符。 Too long: a code on a poster holds "
            f"{LONGEST_IN_A_CODE} characters of a host at most."
        )


def check_unit(answer: str) -> None:
    """Refuse what can't stand in a file of settings."""
    if UNSAID.search(answer) or len(answer) > LONGEST_UNIT:
        raise BadAnswer(
            f"最多 {LONGEST_UNIT} 个字，不带引号、反斜线、$、@。 At most {LONGEST_UNIT} characters, without "
            "quotes, backslashes, $ and @."
        )


def check_folder(answer: str) -> None:
    """Refuse what is no whole path of a folder."""
    if not FOLDER.fullmatch(answer) or ".." in answer:
        raise BadAnswer("请写文件夹的完整路径，以 / 开头。 The whole path of a folder is meant.")


QUESTIONS = (
    Question(
        "sides",
        "这台机器运行哪一端：public 公众端、survey 独立端、both 两端？ Which side runs here?",
        "both",
        one_of("public", "survey", "both"),
    ),
    Question(
        "public_host",
        "居民用哪个域名打开公众端？ By which name do residents open the public side?",
        "",
        check_public_host,
        ("public", "both"),
    ),
    Question(
        "survey_host",
        "独立端用哪个域名？ By which name is the independent side opened?",
        "",
        check_host,
        ("survey", "both"),
    ),
    Question(
        "unit",
        "谁在运行，写在页脚（可空着）？ Who runs it, as the foot of its pages says (may be empty)?",
        "",
        check_unit,
    ),
    Question(
        "database",
        "数据放在 sqlite（一台机器，一个文件）还是 postgresql？ Where do data lie?",
        "sqlite",
        one_of("sqlite", "postgresql"),
    ),
    Question(
        "certificates",
        "证书在哪个文件夹（里面每个域名一个，各有 fullchain.pem、privkey.pem）？ Where are certificates?",
        "/etc/letsencrypt/live",
        check_folder,
    ),
)
