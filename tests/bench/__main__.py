"""`python -m tests.bench [PART …]`: prints every figure as JSON, each beside its floor, its peers and its target."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.exporting import measure_exporting
from tests.bench.figures import Figures, figure
from tests.bench.mailbox import measure_mailbox
from tests.bench.peers import measure_peers
from tests.bench.preview import measure_preview
from tests.bench.queue import measure_queue
from tests.bench.sending import measure_sending

ROUNDS = 5
SETTLE = 5.0  # seconds after which idle memory is read


def started(module: str, env: dict[str, str]) -> tuple[float, int, float]:
    """Start a window; return milliseconds until one can type, its PSS in kB, and its CPU share while idle."""
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", module], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        usable = float(process.stdout.readline())
        time.sleep(SETTLE)
        memory, before = pss(process.pid), cpu_seconds(process.pid)
        time.sleep(2)
        return (usable - begun) * 1000, memory, (cpu_seconds(process.pid) - before) / 2 * 100
    finally:
        process.kill()
        process.communicate()


def pss(pid: int) -> int:
    """Return a process's proportional set size in kB."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))


def cpu_seconds(pid: int) -> float:
    """Return the processor time of a process's threads, to the nanosecond: a clock's tick would be 0.5 % by itself."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((each / "schedstat").read_text(encoding="ascii").split()[0]) for each in threads) / 1e9


def measure_start(rounds: int) -> Figures:
    """Measure start, memory and idle processor time of the composer and of a bare window, in turns."""
    from tests.bench.home import seed_home

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        seed_home(home)
        env = {**os.environ, "ABSENDER_HOME": str(home)}
        env.setdefault("QT_QPA_PLATFORM", "offscreen")
        # As installed: with bytecode, which the first start writes.
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        started("tests.bench.composer", env)
        taken = [(started("tests.bench.floors", env), started("tests.bench.composer", env)) for _ in range(rounds)]
    floor, ours = ([statistics.median(each) for each in zip(*runs, strict=True)] for runs in zip(*taken, strict=True))
    return {
        "start to a usable composer (ms)": figure(
            ours[0], floor=floor[0], at_most=(1.25 * floor[0], "1.25 x a bare window")
        ),
        "memory 5 s after that, PSS (kB)": figure(
            ours[1], floor=floor[1], at_most=(1.4 * floor[1], "1.4 x a bare window")
        ),
        "idle processor (%)": figure(ours[2], floor=floor[2], at_most=(0.1, "0.1 %")),
    }


PARTS: dict[str, Callable[[int], Figures]] = {
    "peers": measure_peers,
    "sending": measure_sending,
    "queue": measure_queue,
    "mailbox": measure_mailbox,
    "preview": measure_preview,
    "exporting": measure_exporting,
    "start": measure_start,
}


def main() -> int:
    """Measure everything, or the parts that are named, and print it as it comes, a JSON object a part."""
    parser = argparse.ArgumentParser(prog="run.py bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", choices=[[], *PARTS], help=f"only {', '.join(PARTS)}")
    for name in parser.parse_args().parts or PARTS:
        print(json.dumps({name: PARTS[name](ROUNDS)}, indent=2, ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
