"""A window system of the tests' own: Xvfb with a window manager, and a hand and an eye on it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers.process import program, start, stop, wait_until

__all__ = ["Display", "Window"]


class Display:
    """A screen of 1600 x 1200 without anybody before it, as a context manager; `env` leads a program onto it."""

    def __init__(self, size: str = "1600x1200") -> None:
        self.name = ""
        self._size = size
        self._folder = Path()
        self._running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="display-"))
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    @property
    def env(self) -> dict[str, str]:
        """The environment of a program that is to show its windows here."""
        return {**os.environ, "DISPLAY": self.name, "QT_QPA_PLATFORM": "xcb", "WAYLAND_DISPLAY": ""}

    def find(self, title: str, *, seconds: float = 20.0) -> Window:
        """Return the visible window whose title matches a regular expression, waiting for it."""
        found: list[str] = []

        def is_there() -> bool:
            found[:] = self.run("search", "--onlyvisible", "--name", title, check=False).split()
            return bool(found)

        wait_until(is_there, f"a window titled {title!r}", seconds=seconds)
        return Window(self, found[-1])

    def titles(self) -> list[str]:
        """Return the titles of all visible windows, to tell what is there instead."""
        windows = self.run("search", "--onlyvisible", "--name", ".", check=False).split()
        return [self.run("getwindowname", window, check=False).strip() for window in windows]

    def type(self, text: str) -> None:
        """Type into whatever has the keyboard; letters outside ASCII may be lost on the way."""
        self.run("type", "--delay", "5", "--", text)

    def key(self, *keys: str) -> None:
        """Press keys one after another, named as X does: `Tab`, `ctrl+Return`, `alt+s`."""
        self.run("key", "--delay", "20", *keys)

    def screenshot(self, file: Path, window: str = "root") -> None:
        """Save the whole screen, or one window, as PNG."""
        command = [program("import"), "-silent", "-window", window, str(file)]
        subprocess.run(command, env=self.env, check=True, capture_output=True, timeout=30)

    def run(self, *command: str, check: bool = True) -> str:
        """Return what xdotool answers to a command."""
        done = subprocess.run(
            [program("xdotool"), *command], env=self.env, check=check, capture_output=True, text=True, timeout=30
        )
        return done.stdout

    def _start(self) -> None:
        number = self._folder / "number"
        reading, writing = os.pipe()
        try:
            command = [program("Xvfb"), "-displayfd", str(writing), "-screen", "0", f"{self._size}x24"]
            options = ["-nolisten", "tcp", "-noreset", "-dpi", "96"]
            self._running.append(start([*command, *options], log=number.with_name("xvfb.log"), pass_fds=(writing,)))
        finally:
            os.close(writing)
        with os.fdopen(reading) as answer:
            self.name = f":{answer.readline().strip()}"
        assert self.name != ":", number.with_name("xvfb.log").read_text(encoding="utf-8", errors="replace")
        self._running.append(
            start([program("openbox"), "--sm-disable"], env=self.env, log=self._folder / "openbox.log")
        )
        wait_until(self._is_managed, "the window manager's start")

    def _is_managed(self) -> bool:
        return self.run("get_num_desktops", check=False).strip().isdigit()

    def _stop(self) -> None:
        while self._running:
            stop(self._running.pop())
        shutil.rmtree(self._folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Window:
    """A window on a display; positions are in its own pixels, without the frame."""

    display: Display
    number: str

    @property
    def title(self) -> str:
        """The title in the frame."""
        return self.display.run("getwindowname", self.number).strip()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        lines = self.display.run("getwindowgeometry", "--shell", self.number).splitlines()
        values = dict(line.split("=", 1) for line in lines if "=" in line)
        return int(values["WIDTH"]), int(values["HEIGHT"])

    def activate(self) -> None:
        """Bring the window to the front, with the keyboard."""
        self.display.run("windowactivate", "--sync", self.number)

    def click(self, x: int, y: int, *, times: int = 1) -> None:
        """Click with the left button."""
        # Relative to the window: xdotool's absolute position is off by the frame under openbox, which also
        # looks at each press first: at more than a person's pace it gives it back where the pointer is by then.
        move = ("mousemove", "--window", self.number, str(x), str(y))
        self.display.run(*move, "sleep", "0.05", "click", "--repeat", str(times), "--delay", "60", "1", "sleep", "0.05")

    def close(self) -> None:
        """Close the window as its frame's button does; the program may refuse."""
        self.activate()
        self.display.key("alt+F4")

    def screenshot(self, file: Path) -> None:
        """Save the window as PNG."""
        self.display.screenshot(file, self.number)

    @property
    def is_visible(self) -> bool:
        """Whether it is still on the screen."""
        return self.number in self.display.run("search", "--onlyvisible", "--name", ".", check=False).split()
