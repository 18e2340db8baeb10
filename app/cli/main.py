"""From arguments to an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from app.cli.front import Front, WindowRequest
from app.errors import ExpectedError
from app.storage.folder import DataFolder, default_home

__all__ = ["main"]

if TYPE_CHECKING:
    import argparse

    from app.cli.output import Output

    Command = Callable[[argparse.Namespace, DataFolder, Output], Awaitable[int]]


def main(argv: list[str], front: Front, *, before_command: Callable[[], None] = lambda: None) -> int:
    """Run the command in `argv` and return its exit code; usage errors leave with 2 as argparse does.

    `before_command` is called before one that opens no window begins.
    """
    arguments = _parsed(argv)
    folder = DataFolder(_home(arguments))
    try:
        if arguments.command in {None, "compose", "demo", "preview"}:
            return front.open_windows(_window_request(arguments, folder))
        import asyncio

        before_command()
        return asyncio.run(_run(_command(arguments.command), arguments, folder, _output(arguments, front)))
    except ExpectedError as error:
        return _output(arguments, front).problem(error.problem)
    except BrokenPipeError:
        # Whoever read the output has gone (docs.python.org/3/library/signal.html#note-on-sigpipe).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 1


def _parsed(argv: list[str]) -> Any:
    """Return what `argv` says. What a desktop starts is read without argparse, which takes 7 ms of each start."""
    is_text = [
        not any("\ud800" <= char <= "\udfff" for char in text) for text in argv
    ]  # octets that are none (PEP 383)
    if all(is_text) and (not argv or (argv[0] == "compose" and len(argv) <= 2 and not argv[-1].startswith("-"))):
        return SimpleNamespace(command=argv[0] if argv else None, mailto="".join(argv[1:]))
    from app.cli.parser import build_parser

    parser = build_parser(argv)
    for text, is_any in zip(argv, is_text, strict=True):
        if not is_any:
            parser.error(f"{text!a} is not text in UTF-8")
    return parser.parse_args(argv)


async def _run(command: Command, arguments: argparse.Namespace, folder: DataFolder, out: Output) -> int:
    return await command(arguments, folder, out)


def _output(arguments: argparse.Namespace, front: Front) -> Output:
    from app.cli.output import Output  # late: handing a window over to the running program says nothing

    return Output(front, as_json=getattr(arguments, "json", False))


def _home(arguments: argparse.Namespace) -> Path:
    given = getattr(arguments, "home", None) or os.environ.get("ABSENDER_HOME")
    return Path(given).expanduser().absolute() if given else default_home()


def _window_request(arguments: argparse.Namespace, folder: DataFolder) -> WindowRequest:
    return WindowRequest(
        folder,
        action=arguments.command or "show",
        mailto=getattr(arguments, "mailto", ""),
        screenshots=getattr(arguments, "screenshots", None),
        file=getattr(arguments, "file", None),
    )


def _command(name: str) -> Command:
    """Return the coroutine function of a command; each is imported only when it is asked for."""
    if name == "setup":
        from app.cli.first_start import run_setup

        return run_setup
    if name == "address":
        from app.cli.addresses import run_address

        return run_address
    if name in {"send", "sendmail"}:
        from app.cli.send import run_send, run_sendmail

        return run_send if name == "send" else run_sendmail
    if name == "outbox":
        from app.cli.outbox import run_outbox

        return run_outbox
    if name == "support":
        from app.cli.support import run_support

        return run_support
    from app.cli.policy import run_policy, run_route

    return run_route if name == "route" else run_policy
