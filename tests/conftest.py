"""What every test shares: a Qt without a display, and the rule for tests that need something of the system's."""

import os
import shutil
import signal
import sys
from collections import Counter
from typing import Any, NoReturn

import coverage
import pytest

from installers.system import has_perl_module
from tests.cases import CASES

# Under nohup, or in a script's background: the programs that the tests start would inherit it, and be right to go on.
if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if "COVERAGE_PROCESS_START" in os.environ:
    # One of several processes that run tests. What they start would be slower, and must not count.
    coverage.process_startup()
    del os.environ["COVERAGE_PROCESS_START"]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")

pytest_plugins = ["tests.servers.fixtures", "tests.canary_watch"]

# What `@pytest.mark.system(...)` may name: what people call it, the programs it is made of, and whether it takes root.
SYSTEM_NEEDS = {
    "postfix": ("Postfix", ("postfix", "dovecot"), True),
    "gnome-keyring": ("gnome-keyring", ("gnome-keyring-daemon", "dbus-daemon", "dbus-send", "secret-tool"), False),
    "perl": ("Perl with Email::MIME and MIME-tools", ("perl",), False),
    "named": ("BIND", ("named",), False),
    "nginx": ("nginx", ("nginx",), False),
    "apache": ("Apache", ("apache2",), False),
    "cc": ("a C compiler", ("cc", "g++"), False),
    "strace": ("strace", ("strace",), False),
    "netns": ("networks of its own (unshare, ip)", ("unshare", "ip"), True),
    "mount": ("disks of its own (mount)", ("mount", "umount"), True),
    "fuse": ("drives of its own (mount, FUSE)", ("mount", "umount"), True),
    "window": ("a window system", ("Xvfb", "openbox", "xdotool", "import"), False),
}
DEVICES = {"fuse": "/dev/fuse"}
PERL_MODULES = {"perl": ("Email::MIME", "MIME::Parser")}
NOT_RUN: pytest.StashKey[Counter[str]] = pytest.StashKey()


def _is_missing(need: str) -> bool:
    _, programs, as_root = SYSTEM_NEEDS[need]
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
    if sys.platform != "linux" or (as_root and os.geteuid() != 0):
        return True
    if not os.path.exists(DEVICES.get(need, os.sep)):  # noqa: PTH110 - a name of the system's
        return True
    if any(shutil.which(program, path=path) is None for program in programs):
        return True
    return not all(map(has_perl_module, PERL_MODULES.get(need, ())))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests whose system packages are not there; where `CI` is set, refuse to run without them."""
    wanted = {need for item in items for mark in item.iter_markers("system") for need in mark.args}
    if unknown := wanted - SYSTEM_NEEDS.keys():
        _refuse(config, f"unknown system need {', '.join(sorted(unknown))}")
    missing = {need for need in wanted if _is_missing(need)}
    for item in items:
        if strangers := {case for mark in item.iter_markers("case") for case in mark.args} - CASES.keys():
            _refuse(config, f"{item.nodeid}: unknown case {', '.join(sorted(strangers))}")
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    reasons: Counter[str] = Counter()
    for item in items:
        needs = [need for mark in item.iter_markers("system") for need in mark.args]
        absent = missing.intersection(needs)
        reasons.update(absent)
        (left_out if absent else kept).append(item)
    if not left_out:
        return
    names = ", ".join(SYSTEM_NEEDS[need][0] for need in reasons)
    if os.environ.get("CI"):
        _refuse(config, f"{len(left_out)} test(s) need {names}, which cannot be had here: run as root on Debian")
    config.hook.pytest_deselected(items=left_out)
    not_run: Counter[str] = Counter({"all": len(left_out), **reasons})
    config.stash[NOT_RUN] = not_run
    _tell(config, "not run", dict(not_run))
    items[:] = kept


def _refuse(config: pytest.Config, why: str) -> NoReturn:
    _tell(config, "refused", why)
    raise pytest.UsageError(why)


def _tell(config: pytest.Config, name: str, value: object) -> None:
    """Tell the process that prints the end of the run, where this one is one of several."""
    if hasattr(config, "workeroutput"):
        config.workeroutput[name] = value


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Hear what one of several processes told; each has collected all tests."""
    told: dict[str, Any] = getattr(node, "workeroutput", {})
    if "refused" in told:
        raise pytest.UsageError(told["refused"])
    not_run: Counter[str] = Counter(told.get("not run", {}))
    node.config.stash[NOT_RUN] = not_run


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name what was not run, in one line, just before pytest's own closing line."""
    reasons = config.stash.get(NOT_RUN, Counter())
    if not reasons:
        return
    count = reasons.pop("all")
    needs = ", ".join(SYSTEM_NEEDS[need][0] for need in reasons)
    what = "1 test that needs" if count == 1 else f"{count} tests that need"
    terminalreporter.write_line(
        f"not run: {what} {needs} (as root on Debian or Ubuntu, run.py installs it)", yellow=True
    )
