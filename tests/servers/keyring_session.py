"""A real gnome-keyring in a D-Bus session of its own: the system's keychain without anybody's desktop."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers.process import program, start, stop, wait_until

__all__ = ["KeyringSession"]

_SERVICE = "org.freedesktop.secrets"


class KeyringSession:
    """A session bus with an unlocked login keyring, as a context manager; `env` leads a program into it.

    With a `display` the keyring's own window asks there for the master password of a locked keyring; without
    one it cannot ask, and says no.
    """

    MASTER_PASSWORD = "only for this session"

    def __init__(self, display: str = "") -> None:
        self.env: dict[str, str] = {"DISPLAY": display} if display else {}
        self._folder = Path()
        self._running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        # Not under pytest's folder: the path of a socket may have 107 characters.
        self._folder = Path(tempfile.mkdtemp(prefix="keyring-", dir="/tmp"))
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

    def lock(self) -> None:
        """Lock the login keyring, as a desktop does after a while or with a log-in without a password."""
        path = "/org/freedesktop/secrets"
        method = "org.freedesktop.Secret.Service.Lock"
        self._ask(_SERVICE, path, method, f"array:objpath:{path}/collection/login")

    def pause(self) -> None:
        """Let the keyring answer nothing any more."""
        os.kill(self._running[1].pid, signal.SIGSTOP)

    def kill_keyring(self) -> None:
        """End the keyring at once, whatever it was asked."""
        self._running[1].kill()

    def revive(self) -> bool:
        """Start the keyring again, unlocked and with all it kept, if it has ended by itself; return whether it had."""
        if self._running[1].poll() is None:
            return False
        stop(self._running.pop(1))
        self._start_keyring()
        return True

    def kill_bus(self) -> None:
        """End the session bus at once."""
        self._running[0].kill()

    def search(self, attribute: str, value: str) -> str:
        """Return what `secret-tool` finds for an attribute, as another program of the session would."""
        command = [program("secret-tool"), "search", "--all", attribute, value]
        done = subprocess.run(command, env=self.env, check=False, capture_output=True, text=True, timeout=20)
        return done.stdout

    def _start(self) -> None:
        folder = self._folder
        for name in ("home", "run"):
            (folder / name).mkdir(mode=0o700)
        bus = folder / "bus"
        # Nothing of the surrounding session: no bus and no keyring of the person's own.
        self.env |= {
            "PATH": os.environ["PATH"],
            "HOME": str(folder / "home"),
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={bus}",
            "LANG": "C.UTF-8",
        }
        command = [program("dbus-daemon"), "--session", "--nofork", "--nopidfile", f"--address=unix:path={bus}"]
        self._running.append(start(command, env=self.env, log=folder / "log"))
        wait_until(bus.is_socket, "the session bus")
        self._start_keyring()

    def _start_keyring(self) -> None:
        daemon = [program("gnome-keyring-daemon"), "--foreground", "--unlock", "--components=secrets"]
        keyring = start(daemon, env=self.env, log=self._folder / "log", stdin=subprocess.PIPE)
        self._running.insert(1, keyring)
        assert keyring.stdin is not None
        keyring.stdin.write(self.MASTER_PASSWORD.encode())
        keyring.stdin.close()
        wait_until(self._has_service, "the start of gnome-keyring")

    def _has_service(self) -> bool:
        bus = "org.freedesktop.DBus"
        return "true" in self._ask(bus, "/org/freedesktop/DBus", f"{bus}.NameHasOwner", f"string:{_SERVICE}")

    def _ask(self, destination: str, path: str, method: str, argument: str) -> str:
        command = [program("dbus-send"), "--session", "--print-reply=literal", f"--dest={destination}"]
        done = subprocess.run(
            [*command, path, method, argument], env=self.env, check=True, capture_output=True, text=True, timeout=20
        )
        return done.stdout

    def _stop(self) -> None:
        while self._running:
            stop(self._running.pop())
        shutil.rmtree(self._folder, ignore_errors=True)
