"""A page set into PDF by a process of its own: the server carries no typesetter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import huying
from huying.base.errors import Refused
from huying.base.i18n import _

HOME = Path(huying.__file__).resolve().parents[1]
SECONDS = 120


def pdf(template: str, data: Mapping[str, object]) -> bytes:
    """Return a tagged PDF: `template` of the templates' folder, filled with `data`; same data, same bytes.

    A character that the font has no shape for is printed as 〓. Raises Refused where no page comes of it.
    """
    given = json.dumps({"template": template, "data": data}, ensure_ascii=False).encode()
    # -P: nothing that lies in the working directory is taken for a module.
    command = [sys.executable, "-P", "-m", "huying.press"]
    environ = {"PYTHONPATH": str(HOME)} | {
        name: os.environ[name] for name in ("HUYING_FONT",) if name in os.environ
    }
    try:
        done = subprocess.run(  # noqa: S603
            command, input=given, capture_output=True, timeout=SECONDS, check=False, env=environ
        )
    except subprocess.TimeoutExpired:
        raise Refused(_("这份报告太大，%(n)s 秒没有排完，没有印出来。", n=SECONDS)) from None
    if done.returncode != 0 or not done.stdout:
        raise Refused(_("现在排不出 PDF，请稍后再试，或改用表格。"))
    return done.stdout
