"""The Python environment in .venv: made from the lock file, and left alone while the lock file stays the same."""

import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "installers" / "requirements.lock"
VENV = ROOT / ".venv"
STAMP = VENV / "absender.stamp"
TRANSLATIONS = ROOT / "resources" / "translations"


def program(name: str) -> str:
    """Return the path of a program inside the environment."""
    return str(VENV / "Scripts" / f"{name}.exe") if os.name == "nt" else str(VENV / "bin" / name)


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def fingerprint() -> list[str]:
    """Return what the environment depends on: its interpreter; the lock file, the project's metadata and its place."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    parts = [LOCK.read_text(encoding="utf-8"), project["project"], project["build-system"], ROOT]
    return [str(Path(program("python")).resolve()), hashlib.sha256(repr(parts).encode()).hexdigest()]


def prepare() -> bool:
    """Make the environment as the lock file says, when it is not; return whether it is ready."""
    stamp = STAMP.read_text(encoding="utf-8").splitlines() if STAMP.is_file() else []
    wanted = fingerprint()
    if stamp != wanted or not Path(wanted[0]).is_file():
        print("Setting up Absender in .venv …", flush=True)
        if not (_is_usable(stamp, wanted) or _make()) or not _fill():
            return False
        STAMP.write_text("\n".join(fingerprint()), encoding="utf-8")
    return compile_translations()


def _is_usable(stamp: list[str], wanted: list[str]) -> bool:
    """Say whether only the lock file changed: then installing over what is there is enough."""
    return stamp[:1] == wanted[:1] and Path(wanted[0]).is_file()


def _make() -> bool:
    return _run([sys.executable, "-m", "venv", "--clear", str(VENV)])


def _fill() -> bool:
    locked = ["install", "--quiet", "--require-hashes", "--only-binary", ":all:", "-r", str(LOCK)]
    project = ["install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    pip = [program("python"), "-m", "pip", "--disable-pip-version-check"]
    uv = shutil.which("uv")
    if uv and _run([uv, "pip", *locked, "--python", program("python")], optional=True):
        return _run([uv, "pip", *project, "--python", program("python")])
    return _run([*pip, *locked]) and _run([*pip, *project])


def compile_translations() -> bool:
    """Make the .qm file of each .ts file that is newer than it."""
    for source in TRANSLATIONS.glob("*.ts"):
        compiled = source.with_suffix(".qm")
        if compiled.is_file() and compiled.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        # A running program has the old file mapped into its memory: written in place, it would lose its words.
        beside = compiled.with_suffix(f".qm.{os.getpid()}")
        try:
            if not _run([program("pyside6-lrelease"), "-silent", str(source), "-qm", str(beside)]):
                return False
            beside.replace(compiled)
        finally:
            beside.unlink(missing_ok=True)
    return True


def _run(command: list[str], *, optional: bool = False) -> bool:
    result = subprocess.run(
        command, cwd=ROOT, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    if result.returncode and not optional:
        print(f"{Path(command[0]).name} failed:\n{result.stdout}", file=sys.stderr)
    return result.returncode == 0
