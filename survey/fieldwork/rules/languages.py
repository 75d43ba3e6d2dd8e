"""The languages in which a household may have to be called: everybody at a seat speaks standard Chinese."""

from __future__ import annotations

from collections.abc import Mapping

from huying.base.errors import Refused
from huying.base.i18n import Lazy, _, lazy

IN_ITS_LANGUAGE = "language_callback"
"""The result after which somebody calls who speaks the household's language."""
UNCLEAR = "unclear"
"""Nobody could tell which language was spoken: the household comes to anybody."""
LANGUAGES: Mapping[str, Lazy] = {
    "yue": lazy("粤语"),
    "wuu": lazy("吴语（上海话、苏州话等）"),
    "nan": lazy("闽南话、潮汕话"),
    "cdo": lazy("福州话"),
    "hak": lazy("客家话"),
    "gan": lazy("赣语（江西话）"),
    "hsn": lazy("湘语（湖南话）"),
    "cmn-local": lazy("本地官话（四川话、东北话等）"),
    "bod": lazy("藏语"),
    "iii": lazy("彝语"),
    "kaz": lazy("哈萨克语"),
    "kor": lazy("朝鲜语"),
    "mon": lazy("蒙古语"),
    "uig": lazy("维吾尔语"),
    "zha": lazy("壮语"),
    "eng": lazy("英语"),
}
"""By their codes (ISO 639-3), as a case and an interviewer keep them."""


def check(code: str, *, said: str) -> None:
    """Raise Refused where a call ended for its language, and nobody said which one that is."""
    if code == IN_ITS_LANGUAGE and said not in {UNCLEAR, *LANGUAGES}:
        raise Refused(_("请选对方说的是哪种话；听不出就选“听不出”。"), status=422)
