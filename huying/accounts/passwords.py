"""Passwords: what is too easily guessed is refused, what is kept is an argon2 hash."""

from __future__ import annotations

import re
import secrets
from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from argon2.low_level import ARGON2_VERSION

from huying.base.errors import Invalid
from huying.base.i18n import _

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
LEAST_OF_ONES_OWN = 6
"""Characters that must remain when the login and the name are taken out."""

_FIRST_TRIED = """
a123456789 aa12345678 aa123456789 aaa123456789 abc123456789 abcd123456 abcd1234567 abcd12345678
admin12345 admin123456 administrator adminadmin asdfghjkl; asdfasdfasdf changeme123 computer123
iloveyou12 iloveyou123 iloveyou1314 letmein123 password01 password12 password123 password1234
passw0rd123 p@ssw0rd123 p@ssword123 qazwsxedcrfv q1w2e3r4t5 q1w2e3r4t5y6 qq123456789 qwer123456
qwer12345678 qwertyuiop qwertyuiop1 qwerty12345 qwerty123456 qwerty1234 1q2w3e4r5t 1q2w3e4r5t6y
1qaz2wsx3edc zaq12wsxcde3 woaini1314 woaini5201314 5201314520 5201314521 1314520520 1314521521
7758521521 zxcvbnm123 zxcvbnm,./ welcome123 woaizhongguo wangge12345 huying12345 yonghu123456
mima123456 123123123123 1234512345 1231231234 1472583690 0147258369 9638527410 1122334455 1029384756
0192837465 5555566666 1111122222 1212121212
"""
COMMON = frozenset(_FIRST_TRIED.split())
"""Of ten characters and more, those that are tried first."""

_WORDS = """
aaa abc abcd admin adminadmin administrator admins alice amber amigo anchor android angel animal anquan
apple april asd asdf asdfgh asdfghjkl august autumn baba baby baidu ball banana bangong baobao baseball
basketball batman bear beauty beijing bella berlin bird black blue boss brother buddy butter butterfly
caiwu changan changeme changsha charlie chelsea chengdu china chocolate chongqing chuntian city coffee
community computer cookie cool corona daniel december default demo dianhua diannao didi dongtian dragon
eagle easy elephant enter family february finance flower football forever forget freedom friday friend
fuck gansu gege ginger girl golden gongsi gongzuo google grace grid guangdong guangzhou guest guizhou
hangzhou happy harry hebei hello henan home honey hotel huawei hubei huhehaote hunan hunter huying
iloveyou internet january jasmine jennifer jessica jesus jiangsu jiangxi jiankang jiedao jiejie jinan
jintian jordan july june juweihui kevin killer king kuaile kunming lanzhou laogong laopo laoshi letmein
liaoning lion liverpool login london love lovely lucky magic mama manager march maria master matrix
maverick meimei michael michelle mima mingtian monday money monkey mother mustang nanchang nanjing
nanning neimenggu network nicole ningbo ningxia november october office orange p pass passw passwd
password peanut pengyou pepper phone pokemon police princess private public purple qaz qazwsx qingdao
qinghai qiutian qq qwe qwer qwert qwerty qwertyuiop rainbow ranger renshi root samsung saturday school
secret september server service shaanxi shadow shandong shanghai shanxi shengri shenyang shenzhen shequ
shijiazhuang shoujihao sichuan silver sister snoopy soccer sophie spring star starwars student summer
sunday sunflower sunshine superman support survey suzhou system taiyang taiyuan taobao target teacher
telephone temp tencent test tester testing thomas thursday tianjin tiger tigger trustno tuesday user
victoria wang wanger wangge wanggeyuan wangluo wednesday weixin welcome whatever winter woaini
woaizhongguo wode wuhan wulumuqi xiamen xian xiaomi xiatian xingfu xining xinjiang xinxi xizang xuesheng
yellow yinchuan yonghu yuanfang yueliang yunnan zaq zhang zhejiang zhengfu zhengzhou zhifubao zhongguo
zxc zxcv zxcvbn zxcvbnm
"""
WORDS = frozenset(_WORDS.split())
"""Words that passwords are made around, in English and in pinyin: seasons, cities, work, rows of keys."""
_SEEN_AS = str.maketrans("@$013457", "asoleast")
"""Signs that stand for a letter in `P@ssw0rd`."""
_SIGNS = r"[.,!@#$%^&*_+=?/ -]"
_AROUND = re.compile(rf"(?:[0-9]{{1,4}}{_SIGNS}?)?(.*?)((?:{_SIGNS}*[0-9]{{0,8}}){{0,2}}{_SIGNS}*)")
"""What is put before and behind a word: a year, a day, a few figures, a sign."""
_NO_FIGURES, _NO_LETTERS = re.compile("[^0-9]"), re.compile("[^a-z0-9]")
_RUNS = frozenset({"12345678", "5201314", "1314520", "147258", "147258369", "123123", "112233"})
_YEARS = range(1950, 2051)

_ROWS = ("0123456789012345678901234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


def _of_nobody(hasher: PasswordHasher) -> str:
    """Return what a hash looks like, made of chance: no password fits it, and it takes as long to try one."""
    salt, digest = (
        b64encode(secrets.token_bytes(size)).rstrip(b"=").decode()
        for size in (hasher.salt_len, hasher.hash_len)
    )
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${cost}${salt}${digest}"


_hasher = PasswordHasher()
# Checked where no such login exists, so that an answer's delay doesn't tell which logins do.
_nobody = _of_nobody(_hasher)


def check(password: str, *, login: str, name: str) -> None:
    """Raise Invalid where `password` is too short, too long or among the first that anybody would try."""
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(_("密码至少 %(shortest_password)s 个字符。", shortest_password=SHORTEST_PASSWORD))
    if len(password) > LONGEST_PASSWORD:
        raise Invalid(_("密码最多 %(longest)s 个字符。", longest=LONGEST_PASSWORD))
    plain = password.casefold()
    if plain in COMMON or _is_a_row(plain) or is_a_word_with_figures(plain):
        raise Invalid(_("这个密码太常见，容易被猜中，请换一个。"))
    if _is_of(plain, login=login.casefold(), name=name.casefold()):
        raise Invalid(_("密码不能由登录名或姓名组成，请换一个。"))


def hashed(password: str) -> str:
    """Return the argon2 hash of a password, as it is kept."""
    return _hasher.hash(password)


def fits(password_hash: str, password: str) -> bool:
    """Tell whether `password` is the one; takes as long where `password_hash` is empty, and is then False."""
    try:
        return _hasher.verify(password_hash or _nobody, password)
    except VerificationError:
        return False


def is_a_word_with_figures(plain: str) -> bool:
    """Tell whether this is a common word, or two, with a year, a day, a run of figures or signs around.

    `password2026`, `p@ssw0rd!`, `2026-wuhan`, `huying@123`: a list of all would have millions of lines.
    """
    found = _AROUND.fullmatch(plain)
    if found is None:
        return False
    core, behind = found[1], _NO_FIGURES.sub("", found[2])
    read = {_NO_LETTERS.sub("", core), _NO_LETTERS.sub("", core.translate(_SEEN_AS))}
    return _says_little(behind) and any(_is_common(each) for each in read)


def _is_common(core: str) -> bool:
    """Tell whether this is a word that everybody thinks of, or two of them, or one repeated."""
    cuts = range(2, len(core) - 1)
    return core in WORDS or any(core[:at] in WORDS and core[at:] in WORDS for at in cuts)


def _says_little(figures: str) -> bool:
    """Tell whether figures are few, a year, a day of a year, or a run that everybody types."""
    years = len(figures) in (4, 6, 8) and int(figures[:4]) in _YEARS
    return len(figures) <= 4 or years or figures in _RUNS or _is_a_row(figures)


def _is_a_row(plain: str) -> bool:
    """Tell whether this is a row of keys or letters, there or back, or a short piece repeated."""
    rows = any(plain in row or plain[::-1] in row for row in _ROWS)
    return rows or any(plain in plain[:size] * len(plain) for size in (1, 2, 3))


def _is_of(plain: str, *, login: str, name: str) -> bool:
    rest = plain
    for own in (login, name):
        if len(own) > 3 or plain == own:
            rest = rest.replace(own, "")
    return rest != plain and len(rest) < LEAST_OF_ONES_OWN
