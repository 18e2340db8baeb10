"""A real DNS server, BIND, with zones of the tests' own; it is its own root, so that no question leaves the machine."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers.process import free_port, program, start, stop, wait_until

__all__ = ["Nameserver"]

_HEAD = "$TTL 300\n@ SOA ns.nameserver. hostmaster.nameserver. 1 3600 600 86400 60\n@ NS ns.nameserver.\n"

_OPTIONS = """
options {{
    directory "{folder}";
    listen-on port {port} {{ 127.0.0.1; }};
    listen-on-v6 {{ none; }};
    recursion yes;
    dnssec-validation no;
    empty-zones-enable no;
    check-names primary ignore;
    pid-file none;
    session-keyfile none;
    lock-file none;
    managed-keys-directory "{folder}";
}};
controls {{ }};
"""


class Nameserver:
    """A resolver that knows only the zones it is given; `broken` ones fail, `silent` ones are never answered."""

    def __init__(
        self, folder: Path, zones: Mapping[str, str], *, broken: tuple[str, ...] = (), silent: tuple[str, ...] = ()
    ) -> None:
        self._folder = folder
        self._zones = zones
        self._broken = broken
        self._silent = silent
        self.port = free_port()

    def __enter__(self) -> Self:
        self._black_hole = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._black_hole.bind(("127.0.0.1", 0))
        # Where AppArmor keeps named to the system's own folders, it does so by the program's path.
        named = shutil.copy2(program("named"), self._folder / "named")
        configuration = self._write()
        log = self._folder / "log"
        self._process = start([named, "-f", "-n", "1", "-c", configuration], log=log, cwd=self._folder)
        try:
            wait_until(self._answers, f"an answer of the DNS server ({log})")
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        stop(self._process)
        self._black_hole.close()

    def _write(self) -> Path:
        parts = [_OPTIONS.format(folder=self._folder, port=self.port)]
        # What the root does not delegate does not exist, whoever it would be forwarded to.
        delegated = "".join(f"\n{name}. NS ns.nameserver." for name in self._silent)
        known = {
            ".": f"ns.nameserver. A 127.0.0.1{delegated}",
            **self._zones,
            **dict.fromkeys(self._broken, "@ TXT unfinished ("),
        }
        for number, (name, text) in enumerate(known.items()):
            file = self._folder / f"zone{number}"
            file.write_text(f"{_HEAD}{text}\n", encoding="ascii")
            parts.append(f'zone "{name}" {{ type primary; file "{file}"; }};\n')
        hole = f"127.0.0.1 port {self._black_hole.getsockname()[1]}"
        parts.extend(
            f'zone "{name}" {{ type forward; forward only; forwarders {{ {hole}; }}; }};\n' for name in self._silent
        )
        configuration = self._folder / "named.conf"
        configuration.write_text("".join(parts), encoding="ascii")
        return configuration

    def _answers(self) -> bool:
        """Whether the root's SOA is answered: a question of 17 octets, asked once."""
        question = b"\0\1\1\0\0\1\0\0\0\0\0\0\0\0\6\0\1"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(0.2)
            try:
                client.sendto(question, ("127.0.0.1", self.port))
                return client.recv(512)[:2] == question[:2]
            except OSError:
                return False
