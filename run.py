#!/usr/bin/env python3
"""Set up, try, check and build Absender: the one program a person who has just cloned the project has to know."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - what runs this may be any Python; it has to say so before it imports
    sys.exit("Absender needs Python 3.11 or newer; this is Python %d.%d." % sys.version_info[:2])  # noqa: UP031 - as above

import argparse
import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from installers import environment, system

ROOT = Path(__file__).resolve().parent
TRANSLATION = ROOT / "resources" / "translations" / "absender_de.ts"
MOST_BESIDE = 4
"""Processes that run tests; each has to load all of them first, and waits more than it computes."""

NO_DISPLAY = """\
There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so the demo's windows cannot be shown.
To drive the same demo without one and save its windows as pictures:

    python3 run.py demo --screenshots DIR
"""


def demo(options: argparse.Namespace) -> int:
    """Start the demo: local servers, two inboxes and the program, all in a temporary folder."""
    arguments = [environment.program("absender"), "demo"]
    if options.screenshots:
        return _prepared(["qt"], [*arguments, "--screenshots", str(options.screenshots.absolute())], offscreen=True)
    if not _has_display():
        print(NO_DISPLAY, end="", file=sys.stderr)
        return 1
    return _prepared(["qt", "window"], arguments)


def test(options: argparse.Namespace) -> int:
    """Run the checks and all tests; with arguments for pytest, only the tests they choose."""
    has_all = system.require(["qt", "window", "tests"], purpose="The tests")
    if not has_all and (os.environ.get("CI") or system.missing_for(["qt"])):
        return 1
    if not environment.prepare():
        return 1
    if options.arguments:
        return _call([environment.program("python"), "-m", "pytest", *options.arguments])
    if _check():
        return 1
    coverage = [environment.program("python"), "-m", "coverage"]
    _captured([*coverage, "erase"])
    failed = _call([environment.program("python"), "-m", *all_tests(environment.processors())])
    if failed:
        return failed
    for step in ("combine", "report"):
        failed, output = _captured([*coverage, step])
        if failed:
            print(f"The pure modules are not covered in full:\n{output}")
            return failed
    return 0


def all_tests(processors: int) -> list[str]:
    """Return the module that runs all tests, and its arguments: side by side where there is more than one processor."""
    if processors == 1:
        return ["coverage", "run", "-m", "pytest"]
    # Contiguous shares, so that tests meet the same neighbours as in one process; only those that run tests measure.
    beside = f"{min(processors, MOST_BESIDE)}*popen//env:COVERAGE_PROCESS_START=pyproject.toml"
    return ["pytest", "--dist=worksteal", f"--tx={beside}"]


def check(_: argparse.Namespace) -> int:
    """Run the linters, the type checker and the import contracts."""
    return _check() if _prepare(["qt"], "The checks") else 1


def bench(options: argparse.Namespace) -> int:
    """Print the figures of this machine as JSON, each beside its floor, its peers and its target of the same run."""
    return _prepared(["qt", "window", "bench"], [environment.program("python"), "-m", "tests.bench", *options.parts])


def faults(options: argparse.Namespace) -> int:
    """Prove what the delivery promises against faults: print the figures of each proof, as JSON, a line each."""
    if not (system.require(["qt", "window", "tests"], purpose="The proofs") and environment.prepare()):
        return 1
    return _call([environment.program("python"), "-m", "tests.faults", *options.long, *options.names])


def screenshots(options: argparse.Namespace) -> int:
    """Save every window as PNG, in English and German, light and dark."""
    arguments = [str(options.folder.absolute()), *(["--readme"] if options.readme else [])]
    return _prepared(["qt"], [environment.program("python"), "-m", "ui.screenshots", *arguments], offscreen=True)


def translate(_: argparse.Namespace) -> int:
    """Bring the German texts up to date with the code, and name what is not translated yet."""
    if not _prepare(["qt"], "The translation tools"):
        return 1
    return _call([environment.program("python"), "-m", "installers.translate", str(TRANSLATION)])


def package(_: argparse.Namespace) -> int:
    """Build the program as one folder that needs no Python and, on Linux, a Debian package, into build/; try it out."""
    return _prepared(["qt", "window"], [environment.program("python"), "-m", "installers.package"])


def _has_display() -> bool:
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _prepare(groups: list[str], purpose: str) -> bool:
    return system.require(groups, purpose=purpose) and environment.prepare()


def _prepared(groups: list[str], command: list[str], *, offscreen: bool = False) -> int:
    if not _prepare(groups, "Absender"):
        return 1
    return _call(command, offscreen=offscreen)


def _call(command: list[str], *, offscreen: bool = False) -> int:
    platform = {"QT_QPA_PLATFORM": "offscreen"} if offscreen else {}
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | platform) as process:
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())  # ctrl+C reaches both, this only us
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue  # the program got it too, and ends in its own time


def _check() -> int:
    ruff, python = environment.program("ruff"), environment.program("python")
    steps = {
        "ruff check": [ruff, "check", "--quiet", "."],
        "ruff format": [ruff, "format", "--quiet", "--check", "."],
        "mypy": [python, "-m", "mypy"],
        "import contracts": [environment.program("lint-imports"), "--no-logo"],
        "translations": [python, "-m", "installers.translate", "--check", str(TRANSLATION)],
    }
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = pool.map(_captured, steps.values())
        failed = 0
        for name, (code, output) in zip(steps, results, strict=True):
            print(f"{name}: {'failed' if code else 'ok'}", flush=True)
            if code:
                failed = 1
                print(output, flush=True)
    return failed


def _captured(command: list[str]) -> tuple[int, str]:
    result = subprocess.run(command, check=False, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return result.returncode, result.stdout


def parser() -> argparse.ArgumentParser:
    """Return the reader of the command line: one command a function, its help the function's docstring."""
    result = argparse.ArgumentParser(prog="run.py", description=__doc__)
    commands = result.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for run in (demo, test, check, bench, faults, screenshots, translate, package):
        command = commands.add_parser(run.__name__, help=run.__doc__, description=run.__doc__)
        command.set_defaults(run=run)
        if run is demo:
            command.add_argument(
                "--screenshots", type=Path, metavar="DIR", help="without a display: save the windows here"
            )
        if run is faults:
            command.add_argument("--long", action="append_const", const="--long", default=[], help="the forms of hours")
            command.add_argument("names", nargs="*", metavar="NAME", help="only these proofs")
        if run is bench:
            command.add_argument("parts", nargs="*", metavar="PART", help="only these parts")
        if run is screenshots:
            command.add_argument("folder", type=Path, nargs="?", default=ROOT / "screenshots", metavar="DIR")
            command.add_argument("--readme", action="store_true", help="bring the README's pictures up to date, too")
    return result


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line; what `test` does not know itself is for pytest."""
    options, rest = parser().parse_known_args(arguments)
    if rest and options.run is not test:
        parser().error(f"unrecognized arguments: {' '.join(rest)}")
    options.arguments = rest
    return options


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    options = parse(arguments)
    code: int = options.run(options)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
