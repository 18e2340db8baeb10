"""The program as a person runs it: commands in a terminal, or windows on a screen."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.canary import found_in
from tests.servers.display import Display, Window
from tests.servers.process import start, stop, wait_until

__all__ = ["OpenProgram", "Outcome", "Program", "Seen"]

ROOT = Path(__file__).resolve().parents[2]
_RUN = "import sys; from ui.entry import main; sys.exit(main())"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str

    def __post_init__(self) -> None:
        assert not found_in(self.out + self.err), "a password was printed"

    @property
    def json(self) -> Any:
        """Standard output as the one JSON object it must be."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Seen:
    """A widget, or an item, action or tab of one, that a person can see; its place is its centre in the window."""

    window: str
    number: str
    kind: str
    name: str
    label: str
    text: str
    tip: str
    enabled: bool
    checked: bool
    focus: bool
    x: int
    y: int
    width: int
    height: int


class Program:
    """The program with its own data folder, home and session; `env` is all it knows of the world."""

    def __init__(self, folder: Path, session: Mapping[str, str]) -> None:
        self.folder = folder
        self.home = folder / "data"
        (folder / "home").mkdir(parents=True, exist_ok=True)
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder / "home"),
            "LANG": "C.UTF-8",
            "LANGUAGE": "en",
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
            "QT_QPA_PLATFORM": "offscreen",
            **session,
            "ABSENDER_HOME": str(self.home),
        }

    def run(self, *arguments: str | Path, stdin: str = "", seconds: float = 60.0) -> Outcome:
        """Run one command to its end."""
        done = subprocess.run(
            [sys.executable, "-c", _RUN, *map(str, arguments)],
            env=self.env,
            cwd=self.folder,
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=seconds,
            check=False,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    def open(self, display: Display, *arguments: str) -> OpenProgram:
        """Return the program with its windows on `display`, as a context manager."""
        return OpenProgram(self, display, arguments)


class OpenProgram:
    """The running program on a screen: looked at through the inspector, worked through the display."""

    def __init__(self, program: Program, display: Display, arguments: tuple[str, ...]) -> None:
        self.display = display
        self._program = program
        self._arguments = arguments
        self._socket = program.folder / "inspector"
        self._log = program.folder / "output.txt"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.end2end.inspector", str(self._socket), *self._arguments]
        env = {**self._program.env, "DISPLAY": self.display.name, "QT_QPA_PLATFORM": "xcb"}
        self._process = start(command, env=env, log=self._log, cwd=self._program.folder)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        try:
            if error is not None:
                self.display.screenshot(self._program.folder / "at-the-failure.png")
                error.add_note(f"The program said:\n{self.output}\nand showed:\n{self.listing()}")
        finally:
            stop(self._process)
            self._socket.unlink(missing_ok=True)

    @property
    def output(self) -> str:
        """What the program wrote to its terminal."""
        return self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""

    @property
    def code(self) -> int | None:
        """The exit code, or None while it runs."""
        assert self._process is not None
        return self._process.poll()

    def signal(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        assert self._process is not None
        self._process.send_signal(number)

    def look(self) -> list[Seen]:
        """Return everything that can be seen now, in all windows; nothing before the first or after the last."""
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(20)
                client.connect(str(self._socket))
                with client.makefile("rb") as answer:
                    return [Seen(**each) for each in json.loads(answer.read() or b"[]")]
        except (FileNotFoundError, ConnectionError):
            return []

    def listing(self) -> str:
        """Return what can be seen as text, to tell why something was not found."""
        lines = []
        for each in self.look():
            if each.text or each.label:
                state = "" if each.enabled else " disabled"
                lines.append(f"{each.window!r}: {each.kind} {each.name} {each.label!r} {each.text!r}{state}")
        return "\n".join(lines)

    def find(
        self, pattern: str, *, window: str = "", kind: str = "", enabled: bool | None = None, seconds: float = 15.0
    ) -> Seen:
        """Return the first thing whose text, label or name matches a regular expression whole, waiting for it."""
        found: list[Seen] = []

        def is_there() -> bool:
            found[:] = self.matching(pattern, window=window, kind=kind, enabled=enabled)
            assert found or self.code is None, f"the program ended with {self.code}"
            return bool(found)

        state = "" if enabled is None else " that can be used" if enabled else " that cannot be used"
        wait_until(is_there, f"the sight of {kind} {pattern!r}{state}", seconds=seconds)
        return found[0]

    def matching(self, pattern: str, *, window: str = "", kind: str = "", enabled: bool | None = None) -> list[Seen]:
        """Return everything visible that matches, without waiting."""
        return [
            each
            for each in self.look()
            if re.search(window, each.window)
            and kind in {"", each.kind}
            and enabled in {None, each.enabled}
            and any(re.fullmatch(pattern, text, re.DOTALL) for text in (each.text, each.label, each.name))
        ]

    def click(self, pattern: str, *, window: str = "", kind: str = "", times: int = 1, seconds: float = 15.0) -> None:
        """Click on something that can be used, waiting until it can, and stands still."""
        seen = self.find(pattern, window=window, kind=kind, enabled=True, seconds=seconds)
        time.sleep(0.1)
        seen = self.find(pattern, window=window, kind=kind, enabled=True, seconds=seconds)
        Window(self.display, seen.number).click(seen.x, seen.y, times=times)

    def fill(self, pattern: str, text: str, *, window: str = "", kind: str = "") -> None:
        """Click into a field, and type `text` in place of what it holds."""
        self.click(pattern, window=window, kind=kind)
        self.display.key("ctrl+a")
        self.display.type(text)

    def wait_for_end(self, *, seconds: float = 20.0) -> int:
        """Wait until the program has ended by itself; return its exit code."""
        wait_until(lambda: self.code is not None, "the program's end", seconds=seconds)
        assert self.code is not None
        return self.code

    def wait_until(self, happens: Callable[[], bool], what: str, *, seconds: float = 20.0) -> None:
        """Wait for something outside; raises TimeoutError, to which leaving the context adds what was seen."""
        wait_until(happens, what, seconds=seconds)
