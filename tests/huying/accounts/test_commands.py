"""Accounts by command line: the first administrator, and help where no page helps any more."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result

import feedback.commands
import survey.commands
from huying.accounts import verified
from huying.base.errors import Conflict, NotFound, Refused
from tests.huying.accounts.desk import NEW_PASSWORD, PREFIXES, TABLES, Person, database, kept

GROUPS = {"public": feedback.commands.register, "survey": survey.commands.register}
LINK = re.compile(r"https://hy\.example\.cn/sign-in/link/[\w-]+\n")


@pytest.fixture
def side(app) -> str:
    return app.extensions["huying"].settings.side


@pytest.fixture
def run(app, side):
    settings = app.extensions["huying"].settings
    environment = {"HUYING_DATA": str(settings.data), f"{PREFIXES[side]}_BASE_URL": settings.base_url}

    def command(*arguments: str, typed: str | None = None) -> Result:
        runner = CliRunner()
        return runner.invoke(
            GROUPS[side], ("account", *arguments), env=environment, input=typed, catch_exceptions=False
        )

    return command


FIRST = ("--role", "administrator", "--name", "管理员")


def test_the_first_administrator_is_invited_by_a_link(app, run):
    said = run("invite", "first", *FIRST)
    link = LINK.match(said.stdout)[0].strip().removeprefix("https://hy.example.cn")
    person = Person(app, "first")
    person.press(person.open(link), link, password=NEW_PASSWORD, again=NEW_PASSWORD)
    person.gives(NEW_PASSWORD)
    assert person.is_in


@pytest.mark.parametrize("words", [("add", "first"), ("first",)])
def test_or_made_with_a_password_that_is_typed(app, side, run, words):
    run(*words, *FIRST, typed=f"{NEW_PASSWORD}\n{NEW_PASSWORD}\n")
    with database(app).reading() as session:
        assert verified(session, TABLES[side].account, login="first", password=NEW_PASSWORD)


def test_a_weak_password_makes_no_account(app, run):
    with pytest.raises(Refused, match="太常见"):
        run("add", "first", *FIRST, typed="1234567890\n1234567890\n")
    assert len(kept(app, "account")) == 2


def test_a_login_is_given_once(run):
    with pytest.raises(Conflict):
        run("invite", "bob", *FIRST)


def test_a_reset_prints_a_link_that_works(app, run):
    link = LINK.match(run("reset", "bob").stdout)[0].strip().removeprefix("https://hy.example.cn")
    person = Person(app)
    person.press(person.open(link), link, password=NEW_PASSWORD, again=NEW_PASSWORD)
    person.gives(NEW_PASSWORD)
    assert person.is_in


def test_unlock_lets_try_again(app, run, moment):
    person = Person(app)
    for _n in range(5):
        person.gives("wrong")
        moment.shift(timedelta(seconds=10))
    assert "输错 5 次" in run("list").output
    run("unlock", "bob")
    person.gives()
    assert person.is_in


def test_end_sessions_signs_out(app, run):
    person = Person(app)
    person.gives()
    run("end-sessions", "bob")
    assert not person.is_in


def test_unbind_helps_the_only_administrator_who_lost_the_phone(app, run):
    person = Person(app)
    person.gives()
    person.binds(person.open("/account/second-factor"))
    run("unbind", "bob")
    assert person.gives().path != "/sign-in/code"


def test_list_tells_the_state_of_each(run):
    run("invite", "late", *FIRST)
    lines = dict(line.split("\t", 1) for line in run("list").output.splitlines())
    assert set(lines) == {"ann", "bob", "late"}
    assert lines["late"].endswith("等待本人设定密码")
    assert lines["ann"].startswith("administrator\tAnn\t")


@pytest.mark.parametrize("command", ["reset", "unlock", "end-sessions", "unbind"])
def test_an_unknown_login_is_a_sentence(run, command):
    with pytest.raises(NotFound, match="没有登录名为 nobody 的账号"):
        run(command, "nobody")


def test_the_log_names_the_command_line(app, run):
    run("unlock", "bob")
    assert kept(app, "sign_in")[-1].by == "command line"
