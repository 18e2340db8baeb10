"""The words and options of the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from app import __version__

__all__ = ["build_parser"]

_EXPORT = """\
Write one small document a person, named by the SHA-256 of the address, and an index.

The credentials stay on this machine: they sign the request for an access token,
which goes to Google alone. Documents hold for the days of --valid-for; those of
which less than half is left are written again, so run this at least once a day.
If it stops running, gateways are no longer used once the documents have run out."""
_EXPORT_SCOPES = """\
With --from google the service account needs domain-wide delegation for these scopes,
the last one unless the file of --organisation names the domains:

https://www.googleapis.com/auth/cloud-identity.policies.readonly
https://www.googleapis.com/auth/admin.directory.user.readonly
https://www.googleapis.com/auth/admin.directory.orgunit.readonly
https://www.googleapis.com/auth/admin.directory.group.readonly
https://www.googleapis.com/auth/admin.directory.group.member.readonly
https://www.googleapis.com/auth/admin.directory.domain.readonly"""
"""Whole, to be copied into the Admin console."""


def build_parser(argv: Sequence[str] | None = None) -> argparse.ArgumentParser:
    """Return the parser for `argv`; it knows no secrets, because an argument is visible to every process.

    Only the commands that `argv` names have their options, because all of them take 5 ms of each start; without
    it all have.
    """
    common = _Parser(add_help=False)
    common.add_argument("--home", type=Path, default=argparse.SUPPRESS, metavar="DIR", help="the data folder")
    common.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print one JSON object")
    parser = _Parser(
        prog="absender",
        description="Every From address goes through exactly its own mail server, as far as your organisation allows.",
        parents=[common],
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"absender {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    def command(name: str, text: str, add_options: Callable[[argparse.ArgumentParser], None]) -> None:
        made = commands.add_parser(name, help=text, description=text, parents=[common], allow_abbrev=False)
        if argv is None or name in argv:
            add_options(made)

    command("compose", "Open a new message.", _add_compose)
    command("demo", "Try everything with made-up servers.", _add_demo)
    command("preview", "Show what a change of the policy would do, before anybody meets it.", _add_preview)
    command("setup", "Set up the data folder for a work address.", _add_setup)
    command("address", "Show and change the From addresses.", partial(_add_address, common=common))
    command("route", "Say which server mail from an address takes, and why.", _add_route)
    command("send", "Queue a message, deliver it and wait for the verdict.", _add_send)
    command("outbox", "Show and change what waits to be sent.", partial(_add_outbox, common=common))
    command("sendmail", "Send a message from standard input, as git and cron do.", _add_sendmail)
    command("policy", "Show, fetch, check and sign the organisation's policy.", partial(_add_policy, common=common))
    command("support", "Put together what somebody who helps has to know.", partial(_add_support, common=common))
    return parser


class _Parser(argparse.ArgumentParser):
    """One that takes two hyphens for the value of an option where they are."""

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> object:
        # Python 3.11 takes them for the end of the options even in --body=-- (github.com/python/cpython/issues/59317).
        if action.option_strings and action.nargs is None and arg_strings == ["--"]:
            value: object = self._get_value(action, "--")
            self._check_value(action, value)
            return value
        return super()._get_values(action, arg_strings)


def _add_compose(compose: argparse.ArgumentParser) -> None:
    compose.add_argument("mailto", nargs="?", default="", metavar="MAILTO", help="a mailto: link")


def _add_preview(preview: argparse.ArgumentParser) -> None:
    preview.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a directory from the export, or a policy")


def _add_route(route: argparse.ArgumentParser) -> None:
    route.add_argument("address", metavar="ADDRESS")


def _add_demo(demo: argparse.ArgumentParser) -> None:
    demo.add_argument("--screenshots", type=Path, metavar="DIR", help="run unseen and save the windows as PNG")


def _add_password(parser: argparse.ArgumentParser, *, required: bool) -> None:
    ways = parser.add_mutually_exclusive_group(required=required)
    ways.add_argument("--password-stdin", action="store_true", help="the first line of standard input is the password")
    ways.add_argument("--password-command", metavar="CMD", help="a command whose first output line is the password")
    ways.add_argument("--browser", action="store_true", help="sign in with the browser; no password is needed")
    own = parser.add_argument_group(
        "an OAuth client of your own, for --browser", "Where your administrator has set one up, none of this is needed."
    )
    own.add_argument("--client-id", default="", metavar="ID", help="all that Google's and Microsoft's servers need")
    own.add_argument(
        "--client-secret-stdin", action="store_true", help="the first line of standard input is the client's secret"
    )
    own.add_argument("--tenant", default="", metavar="DOMAIN", help="whose accounts Microsoft asks for")
    own.add_argument("--authorization-url", default="", metavar="URL", help="where any other server has one sign in")
    own.add_argument("--token-url", default="", metavar="URL", help="where it gives tokens")
    own.add_argument("--scope", action="append", default=[], metavar="S", help="what it is asked for")
    parser.set_defaults(refuse=parser.error)


def _add_setup(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--email", required=True, metavar="A", help="the work address")
    parser.add_argument("--name", required=True, metavar="N", help="the name in From")
    parser.add_argument(
        "--policy", default="", metavar="URL|FILE", help="where the organisation's policy is, unless that is managed"
    )
    parser.add_argument("--policy-ca", default="", metavar="FILE", help="authorities for the policy server (PEM)")
    _add_policy_key(parser)
    parser.add_argument("--mail-ca", default="", metavar="FILE", help="more authorities for mail servers (PEM)")
    parser.add_argument("--user", default="", metavar="U", help="the user name, where the policy's does not fit")
    _add_password(parser, required=True)


def _add_policy_key(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--policy-key",
        action="append",
        default=[],
        metavar="KEY",
        help="accept only what is signed with this public key; twice for two keys",
    )


def _add_address(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="all addresses", parents=[common])
    add = actions.add_parser("add", help="add an address, as the wizard does", parents=[common], allow_abbrev=False)
    add.add_argument("address", metavar="ADDRESS")
    add.add_argument("--name", required=True, metavar="N", help="the name in From")
    add.add_argument("--reply-to", default="", metavar="R", help="where answers shall go")
    add.add_argument("--not-alias", action="store_true", help="the address is not treated as an alias")
    add.add_argument("--gateway", default="", metavar="HOST:PORT", help="the address's own SMTP server")
    add.add_argument("--security", choices=("starttls", "ssl"), help="how the gateway is secured")
    add.add_argument("--user", default="", metavar="U", help="the user name at the gateway")
    _add_password(add, required=False)
    verify = actions.add_parser("verify", help="enter the code that was mailed", parents=[common])
    verify.add_argument("address", metavar="ADDRESS")
    verify.add_argument("code", metavar="CODE")
    for name, text in (
        ("resend", "mail a new code"),
        ("sign-in", "sign in with the browser again"),
        ("default", "start new messages with this address"),
        ("delete", "delete an address"),
    ):
        actions.add_parser(name, help=text, parents=[common]).add_argument("address", metavar="ADDRESS")


def _add_send(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", required=True, dest="sender", metavar="A")
    parser.add_argument("--to", action="append", default=[], metavar="B")
    parser.add_argument("--cc", action="append", default=[], metavar="C")
    parser.add_argument("--bcc", action="append", default=[], metavar="D")
    parser.add_argument("--subject", required=True, metavar="S")
    body = parser.add_mutually_exclusive_group(required=True)
    body.add_argument("--body", metavar="TEXT")
    body.add_argument("--body-file", metavar="F", help="a text file, or - for standard input")
    parser.add_argument("--attach", action="append", default=[], type=Path, metavar="F")
    parser.add_argument("--no-wait", action="store_true", help="queue only; do not deliver now")


def _add_outbox(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="all messages, newest last", parents=[common])
    actions.add_parser("run", help="deliver all that is due", parents=[common])
    for name, text in (
        ("show", "one message with its attempts"),
        ("retry", "try again now"),
        ("cancel", "do not send it"),
        ("arrived", "take your word that a message arrived whose server gave no clear answer"),
        ("to-the-others", "send a message that failed to all but the recipients refused for good"),
        ("back-to-drafts", "take it out of the outbox and into the drafts, to be changed"),
    ):
        actions.add_parser(name, help=text, parents=[common]).add_argument("id", metavar="ID")
    export = actions.add_parser("export", help="save all messages and drafts as .eml", parents=[common])
    export.add_argument("folder", type=Path, metavar="DIR", help="where to; damaged databases are read, too")


def _add_sendmail(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-t", action="store_true", dest="from_header", help="take the recipients from the message")
    parser.add_argument("-f", default="", dest="sender", metavar="A", help="the From address, where there is none")
    parser.add_argument("-i", action="store_true", dest="ignore_dots", help="a line with only a dot is text")
    parser.add_argument("-o", action="append", default=[], dest="options", metavar="X", help=argparse.SUPPRESS)
    for flag in ("-B", "-F", "-N", "-R", "-b", "-e"):  # what cron and others pass to sendmail(1), without meaning here
        parser.add_argument(flag, dest="ignored", metavar="X", help=argparse.SUPPRESS)
    parser.add_argument("recipients", nargs="*", metavar="ADDRESS")


def _add_policy(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("show", help="what it says, since when, from where", parents=[common])
    actions.add_parser("refresh", help="fetch it again", parents=[common])
    check = actions.add_parser("check", help="say what is in a document's file, or wrong with it", parents=[common])
    check.set_defaults(refuse=check.error)
    check.add_argument("file", type=Path, nargs="?", metavar="FILE")
    check.add_argument("--email", default="", metavar="A", help="whom it has to be for")
    check.add_argument(
        "--managed", action="store_true", help="FILE is no document but managed.toml; this machine's if left out"
    )
    _add_policy_key(check)
    sign = actions.add_parser("sign", help="sign a document", parents=[common], allow_abbrev=False)
    sign.add_argument("file", type=Path, metavar="FILE")
    sign.add_argument("--key", type=Path, required=True, metavar="FILE", help="the private key (PEM)")
    sign.add_argument("--out", type=Path, metavar="FILE", help="write it there instead of printing it")
    _add_policy_export(
        actions.add_parser(
            "export",
            help="write everybody's document, for a web server to serve",
            description=_EXPORT,
            epilog=_EXPORT_SCOPES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            parents=[common],
            allow_abbrev=False,
        )
    )
    schema = actions.add_parser("schema", help="print the JSON Schema of documents", parents=[common])
    schema.add_argument("--managed", action="store_true", help="that of managed.toml instead")
    keygen = actions.add_parser("keygen", help="make a key to sign with, and print its public half", parents=[common])
    keygen.add_argument("file", type=Path, metavar="FILE", help="a file that is not there yet, for the private half")


def _add_policy_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--from",
        required=True,
        nargs="+",
        dest="source",
        metavar=("google|gam|json", "FILE"),
        help="Google itself, what GAM printed, or what Google's API answered (or a saved directory)",
    )
    parser.add_argument("--credentials", type=Path, metavar="FILE", help="a service account's key; it stays here")
    parser.add_argument("--admin", default="", metavar="A", help="the super administrator the account acts for")
    parser.add_argument(
        "--organisation", type=Path, metavar="FILE", help="name, support and mail server of the organisation (TOML)"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="the folder that the web server serves")
    parser.add_argument("--sign", type=Path, metavar="FILE", help="sign documents with this private key (PEM)")
    parser.add_argument("--valid-for", type=int, default=7, metavar="DAYS", help="how long documents hold (preset: 7)")
    parser.add_argument(
        "--directory", type=Path, metavar="FILE", help="save the directory for the preview; it holds all addresses"
    )
    parser.add_argument(
        "--all-groups", action="store_true", help="read all groups, for the preview, and not only those policies name"
    )
    parser.add_argument("--remove-many", action="store_true", help="even if more than a tenth of the people have left")
    parser.add_argument("--google-url", default="", metavar="URL", help=argparse.SUPPRESS)  # a stand-in, for tests
    parser.add_argument("--google-ca", default="", metavar="FILE", help=argparse.SUPPRESS)
    parser.set_defaults(refuse=parser.error)


def _add_support(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    bundle = actions.add_parser("bundle", help="write it to a zip file that is not there yet", parents=[common])
    bundle.add_argument("file", type=Path, metavar="FILE")
    show = actions.add_parser("show", help="print what would be in it", parents=[common])
    for action in (bundle, show):
        action.add_argument(
            "--mask",
            action=argparse.BooleanOptionalAction,
            default=True,
            help="replace addresses, names, servers and paths (preset), or leave them as they are",
        )
