"""The command line reads like documentation and ends with a fitting status."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from huying.cli import huying


def _groups() -> dict[str, click.Command]:
    context = click.Context(huying)
    return {name: huying.get_command(context, name) for name in huying.list_commands(context)}


def _all(command: click.Command, words: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if not isinstance(command, click.Group):
        return [words]
    return [
        words,
        *(found for name in command.commands for found in _all(command.commands[name], (*words, name))),
    ]


EVERY = [words for name, group in _groups().items() for words in _all(group, (name,))]


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_every_command_explains_itself(words):
    done = CliRunner().invoke(huying, [*words, "--help"])
    assert done.exit_code == 0
    assert len(done.output.splitlines()) > 4


def test_both_sides_the_demo_and_the_witness_are_there():
    assert set(_groups()) == {"demo", "deposit", "feedback", "party", "survey", "witness"}


def test_wrong_usage_ends_with_two():
    assert CliRunner().invoke(huying, ["feedback", "no-such-command"]).exit_code == 2
