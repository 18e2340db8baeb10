"""Start a built program as a person would: its demo up to messages that arrived, its windows, and a clean end."""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from installers.package import FROZEN
from installers.system import has_program

if TYPE_CHECKING:
    from tests.servers.display import Window

PATIENCE = 180.0  # seconds for the whole demo on a slow machine
END = 20.0  # seconds a program may take to end
PNG = b"\x89PNG\r\n\x1a\n"
# The demo goes on to these pictures only when each message has arrived at its server.
ARRIVED = ("demo-control-code", "demo-control-arrived", "mailbox-sent")


class Trial:
    """A program in a home of its own, in which everything that it leaves behind is seen."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.faults: list[str] = []
        self._program = program
        self._temporary = folder / "tmp"
        self._log = folder / "output.txt"
        self._temporary.mkdir()
        places = {"HOME": str(folder), "TMPDIR": str(self._temporary), "ABSENDER_HOME": str(folder / "data")}
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "QT_", "XDG_"))}
        self._environment = kept | places | {"LANG": "C.UTF-8", "LANGUAGE": "en", "QT_QPA_PLATFORM": "offscreen"}

    def run(self, *arguments: str) -> str:
        """Run the program to its end and return what it printed."""
        with self._started(arguments, {}, subprocess.PIPE) as process:
            printed, _ = process.communicate(timeout=PATIENCE)
        self._look_back(arguments, process, "end by itself", 0)
        return str(printed)

    def open(self, arguments: list[str], screen: dict[str, str], use: Callable[[], None], *, ends: str) -> None:
        """Start the program on a screen and `use` it, which closes its windows; or `ends` it with a signal."""
        with self._started(arguments, screen, subprocess.DEVNULL) as process:
            use()
            if ends == "signal":
                process.terminate()
            process.wait(END)
        self._look_back(arguments, process, f"end by {ends}", 128 + signal.SIGTERM if ends == "signal" else 0)

    @contextmanager
    def _started(
        self, arguments: tuple[str, ...] | list[str], screen: dict[str, str], output: int
    ) -> Iterator[subprocess.Popen[str]]:
        command = [self._program, *arguments]
        with (
            self._log.open("w", encoding="utf-8") as log,
            subprocess.Popen(
                command, env=self._environment | screen, stdout=output, stderr=log, text=True, encoding="utf-8"
            ) as process,
        ):
            try:
                yield process
            finally:
                process.kill()

    def _look_back(
        self, arguments: tuple[str, ...] | list[str], process: subprocess.Popen[str], end: str, code: int
    ) -> None:
        name = f"absender {' '.join(arguments)}".rstrip()
        said = self._log.read_text(encoding="utf-8", errors="replace")
        if process.returncode != code or said:
            self.faults.append(f"{name} should {end} with {code}, and did with {process.returncode}:\n{said}")
        if left := [path.name for path in self._temporary.iterdir()]:
            self.faults.append(f"{name} left {', '.join(left)} behind")


def try_out(program: Path, version: str) -> list[str]:
    """Return what is wrong with the program; nothing, when it is as it should be."""
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(program, Path(folder))
        if trial.run("--version").strip() != f"absender {version}":
            trial.faults.append("absender --version names another version")
        pictures = Path(folder, "pictures")
        trial.run("demo", "--screenshots", str(pictures))
        trial.faults.extend(_missing(pictures))
        if all(has_program(name) for name in ("Xvfb", "openbox", "xdotool")):
            _try_windows(trial)
    return trial.faults


def _missing(pictures: Path) -> list[str]:
    files = list(pictures.glob("*.png"))
    broken = [file.name for file in files if not file.read_bytes().startswith(PNG) or file.stat().st_size < 2048]
    seen = {file.stem.partition("-")[2] for file in files}
    return [f"{name} shows no window" for name in broken] + [
        f"the demo did not come as far as {name}" for name in ARRIVED if name not in seen
    ]


def _try_windows(trial: Trial) -> None:
    """See the windows on a real screen, and close them as a person does, or as the system does when it shuts down."""
    from tests.servers.display import Display

    with Display() as display:
        screen = {"DISPLAY": display.name, "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": "xcb"}

        def see(title: str) -> None:
            display.find(title)

        def close(*titles: str) -> None:
            for window in [display.find(title) for title in titles]:
                _close(window)

        trial.open([], screen, lambda: close("^Set up Absender"), ends="closing")
        trial.open(["demo"], screen, lambda: close("^Demo control", "^Accounts", "^Mailbox"), ends="closing")
        trial.open([], screen, lambda: see("^Set up Absender"), ends="signal")
        trial.open(["demo"], screen, lambda: see("^Accounts"), ends="signal")


def _close(window: "Window") -> None:
    """Close a window by keyboard, again if it had not got the keyboard yet; raises TimeoutError."""
    for patience in (2.0, 2.0, END):
        with suppress(subprocess.CalledProcessError):  # gone meanwhile
            window.close()
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if not window.is_visible:
                return
            time.sleep(0.1)
    raise TimeoutError(f"{window.title} does not close")


def main(arguments: list[str]) -> int:
    """Test the program given, or the one in build/."""
    from app import __version__

    parser = argparse.ArgumentParser(description=__doc__)
    default = FROZEN / ("absender.exe" if os.name == "nt" else "absender")
    parser.add_argument("program", type=Path, nargs="?", default=default)
    program = parser.parse_args(arguments).program.absolute()
    faults = try_out(program, __version__)
    print("\n".join(faults) or f"{program} works")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
