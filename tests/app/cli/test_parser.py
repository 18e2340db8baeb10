"""The parser: wrong usage ends with 2 and a usage line, and nothing secret can be an argument."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import __version__, cli
from app.cli.parser import build_parser
from tests.app.cli.front import SilentFront

ADD = ("address", "add", "a@b.example", "--name", "N")
SEND = ("send", "--from", "a@b.example", "--subject", "x")
SETUP = ("setup", "--email", "a@b.example", "--name", "N", "--policy", "https://p.example/")

WRONG = [
    ("nonsense",),
    ("--nonsense",),
    ("address",),
    ("address", "nonsense"),
    ("address", "add"),
    ("address", "add", "a@b.example"),
    ("address", "verify", "a@b.example"),
    ("address", "resend"),
    ("address", "sign-in"),
    (*ADD, "--browser", "--password-stdin"),
    (*ADD, "--client-id", "x"),
    (*ADD, "--browser", "--client-secret-stdin"),
    (*SETUP, "--browser", "--password-command", "pass"),
    (*SETUP, "--browser", "--client-secret-stdin"),
    (*SETUP, "--password-stdin", "--tenant", "x.example"),
    ("address", "default"),
    ("address", "delete"),
    (*ADD, "--security", "none", "--gateway", "x.example:587"),
    (*ADD, "--password", "geheim"),
    (*ADD, "--password-stdin=geheim"),
    (*ADD, "--password-stdin", "--password-command", "pass"),
    (*ADD, "--pass", "pass"),
    SETUP,
    (*SETUP, "--password", "geheim"),
    (*SETUP, "--password-stdin", "--password-command", "pass"),
    ("setup", "--email", "a@b.example", "--password-stdin"),
    SEND,
    (*SEND, "--body", "y", "--body-file", "-"),
    (*SEND, "--body", "--"),
    (*ADD, "--security=--"),
    ("send", "--to", "a@b.example", "--subject", "x", "--body", "y"),
    ("route",),
    ("route", "a@b.example", "b@b.example"),
    ("outbox",),
    ("outbox", "show"),
    ("outbox", "retry"),
    ("outbox", "cancel"),
    ("outbox", "arrived"),
    ("outbox", "to-the-others"),
    ("outbox", "back-to-drafts"),
    ("outbox", "list", "1"),
    ("policy",),
    ("policy", "change"),
    ("compose", "mailto:a@b.example", "more"),
    ("--home",),
    ("route", "gr\udcfc\udcdfe@b.example"),
    (*SEND, "--to", "a@b.example", "--body", "y", "--attach", "gr\udcfc\udcdfe.pdf"),
]


@pytest.mark.parametrize("arguments", WRONG, ids=ascii)
def test_wrong_usage_ends_with_two_and_touches_nothing(
    arguments: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ABSENDER_HOME", str(tmp_path / "home"))
    with pytest.raises(SystemExit) as left:
        cli.main(list(arguments), SilentFront())
    shown = capsys.readouterr()
    assert left.value.code == 2
    assert shown.out == ""
    assert shown.err.startswith("usage: absender")
    assert "error: " in shown.err.splitlines()[-1]
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("arguments", [("--version",), ("--help",), ("setup", "--help"), ("address", "add", "-h")])
def test_help_and_version_are_no_failure(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(list(arguments), SilentFront())
    assert left.value.code == 0
    assert "absender" in capsys.readouterr().out
    assert __version__


def _options(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Yield the options of a parser and of all its commands."""
    for action in parser._actions:
        if isinstance(action.choices, dict):
            for command in action.choices.values():
                yield from _options(command)
        yield action


def test_a_password_comes_by_standard_input_or_a_command_only() -> None:
    options = {
        name: action.nargs
        for action in _options(build_parser())
        for name in action.option_strings
        if any(word in name for word in ("pass", "secret", "token", "code"))
    }
    assert options == {
        "--password-stdin": 0,
        "--password-command": None,
        "--client-secret-stdin": 0,
        "--token-url": None,
    }


def test_two_hyphens_can_be_the_value_of_an_option() -> None:
    parser = build_parser()
    assert parser.parse_args([*SETUP, "--password-stdin", "--policy-key=--"]).policy_key == ["--"]
    assert parser.parse_args([*SEND, "--body=--"]).body == "--"
    assert parser.parse_args(["route", "--", "a@b.example"]).address == "a@b.example"


def test_every_command_has_a_line_of_help() -> None:
    for action in _options(build_parser()):
        if isinstance(action, argparse._SubParsersAction):
            listed = {choice.dest for choice in action._choices_actions if choice.help}
            assert listed == set(action.choices)


def test_every_command_takes_home_and_json() -> None:
    for action in _options(build_parser()):
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                assert {"--home", "--json"} <= command._option_string_actions.keys()


@pytest.mark.parametrize("flags", ["-oi", "-oem", "-B8BITMIME", "-FCron", "-Nnever", "-bm", "-odi", "-R full"])
def test_what_cron_and_others_pass_to_sendmail_is_taken(flags: str) -> None:
    parsed = build_parser().parse_args(["sendmail", "-t", *flags.split(), "a@b.example"])
    assert (parsed.from_header, parsed.recipients) == (True, ["a@b.example"])


def test_an_address_may_begin_with_a_dash_after_two_dashes() -> None:
    assert build_parser().parse_args(["route", "--", "-a@b.example"]).address == "-a@b.example"
