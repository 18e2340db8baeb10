"""What is in memory stays there: no core file, nobody who reads it, no keys of connections; and nothing else breaks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end2end.program import Program

ROOT = Path(__file__).resolve().parents[2]
HARDEN = "from app.hardening import close_leaks, forbid_reading; close_leaks(); forbid_reading()\n"
# Another process of the same user, who is not root, looks at one that waits.
LOOK = """
import ctypes, os, time
from app.hardening import forbid_reading
HARDEN = {harden}
def become_somebody():
    if os.getuid() == 0:
        os.setuid(65534)
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # what a program has that was started as that user
ready, tell = os.pipe()
waiting = os.fork()
if waiting == 0:
    become_somebody()
    if HARDEN:
        forbid_reading()
    os.write(tell, b".")
    time.sleep(30)
    os._exit(0)
os.close(tell)
os.read(ready, 1)
become_somebody()
try:
    print(len(open(f"/proc/{{waiting}}/environ").read()) > 0)
except PermissionError:
    print("denied")
os.kill(waiting, 9)
"""


def run(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "SSLKEYLOGFILE": str(folder / "keys")}
    command = [sys.executable, "-c", script]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.case("L6")
def test_a_crash_leaves_no_core(tmp_path: Path) -> None:
    allow = "import os, resource; resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2)\n"
    limits = "print(resource.getrlimit(resource.RLIMIT_CORE), flush=True)\nos.abort()"
    allowed = allow if os.geteuid() == 0 else "import os, resource\n"
    done = run(allowed + HARDEN + limits, tmp_path)
    assert done.returncode == -signal.SIGABRT
    assert done.stdout == "(0, 0)\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.case("L6")
@pytest.mark.parametrize(("harden", "seen"), [(True, "denied\n"), (False, "True\n")])
def test_no_other_program_of_the_same_user_looks_into_it(tmp_path: Path, harden: bool, seen: str) -> None:
    done = run(LOOK.format(harden=harden), tmp_path)
    assert done.stdout == seen, done.stderr


@pytest.mark.case("L6")
def test_keys_of_connections_are_logged_neither_here_nor_by_what_is_started(tmp_path: Path) -> None:
    look = "import os, ssl, subprocess; print(ssl.create_default_context().keylog_filename, flush=True); "
    done = run(HARDEN + look + "subprocess.run(['env'])", tmp_path)
    assert done.stdout.startswith("None\n")
    assert "SSLKEYLOGFILE" not in done.stdout
    assert not (tmp_path / "keys").exists()


def test_programs_can_still_be_started_and_own_files_listed(tmp_path: Path) -> None:
    check = "import os, subprocess; print(subprocess.run(['true']).returncode, len(os.listdir('/proc/self/fd')) > 2)"
    assert run(HARDEN + check, tmp_path).stdout == "0 True\n"


@pytest.mark.case("L6")
def test_the_program_hardens_itself_before_a_command(tmp_path: Path) -> None:
    spy = (
        "import sys; from app import hardening\n"
        "hardening.forbid_reading = lambda: print('unreadable')\nhardening.close_leaks = lambda: print('closed')\n"
        "from ui.entry import main\nsys.argv[1:] = ['route', 'a@b.example']; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", spy],
        env=Program(tmp_path, {}).env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "closed\nunreadable\n"
