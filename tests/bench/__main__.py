"""`python -m tests.bench`: prints every figure as JSON, each beside its floor."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.sending import measure_sending

ROUNDS = 5
SETTLE = 5.0  # seconds after which idle memory is read


def started(module: str, env: dict[str, str]) -> tuple[float, int, float]:
    """Start a window; return milliseconds to its paint, its PSS in kB, and its CPU share while idle."""
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", module], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        painted = float(process.stdout.readline())
        time.sleep(SETTLE)
        memory, before = pss(process.pid), cpu_seconds(process.pid)
        time.sleep(2)
        return (painted - begun) * 1000, memory, (cpu_seconds(process.pid) - before) / 2 * 100
    finally:
        process.kill()
        process.communicate()


def pss(pid: int) -> int:
    """Return a process's proportional set size in kB."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))


def cpu_seconds(pid: int) -> float:
    """Return the processor time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure_start() -> dict[str, object]:
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
        rounds = [(started("tests.bench.floors", env), started("tests.bench.composer", env)) for _ in range(ROUNDS)]
    floor, ours = zip(*rounds, strict=True)
    names = ("start to a usable composer (ms)", "idle memory, PSS (kB)", "idle processor (%)")
    return {
        name: figure(statistics.median(o[i] for o in ours), statistics.median(f[i] for f in floor))
        for i, name in enumerate(names)
    }


def figure(ours: float, floor: float) -> dict[str, float | None]:
    """Return one row: ours, the floor, and how many times the floor ours is."""
    return {"ours": round(ours, 2), "floor": round(floor, 2), "ratio": round(ours / floor, 2) if floor else None}


def main() -> int:
    """Measure everything and print it."""
    figures = {**measure_sending(ROUNDS, figure), **measure_start()}
    json.dump(figures, sys.stdout, indent=2)
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
