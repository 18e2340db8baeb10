"""The Linux system underneath: which libraries, programs, fonts and names are missing, and how to get them."""

import ctypes
import importlib.util
import os
import shlex
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

LINUX = Path(__file__).resolve().parent / "linux"
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
FONT_SUFFIXES = frozenset({".ttf", ".otf", ".ttc", ".pfb"})
FONT_PACKAGE = "fonts-dejavu-core"


@dataclass(frozen=True)
class Missing:
    """One thing that is not there, the Debian package that has it, and what other packagers ask for."""

    name: str
    package: str
    capability: str


def missing_for(groups: Iterable[str]) -> list[Missing]:
    """Return what the groups (`qt`, `window`, `tests`, see linux/system.toml) lack; nothing is asked outside Linux."""
    if sys.platform != "linux":
        return []
    missing = [item for group in groups for item in _missing_in(group)]
    if importlib.util.find_spec("ensurepip") is None:  # Debian keeps it in a package of its own
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        missing.append(Missing("Python's venv", package, "python3-pip"))
    if not has_fonts():
        missing.append(Missing("a font", FONT_PACKAGE, "dejavu-sans-fonts"))
    if not has_name("localhost"):  # a system made with debootstrap has no /etc/hosts before this package
        missing.append(Missing("the name localhost", "netbase", "/etc/hosts"))
    return missing


def _missing_in(group: str) -> Iterator[Missing]:
    wanted = tomllib.loads((LINUX / "system.toml").read_text(encoding="utf-8"))
    for name, package in wanted["libraries"].get(group, {}).items():
        if not _has_library(name):
            yield Missing(name, package, f"{name}()(64bit)")
    for name, package in wanted["programs"].get(group, {}).items():
        if not has_program(name):
            yield Missing(name, package, f"/usr/bin/{name}")
    for name, package in wanted["perl"].get(group, {}).items():
        if not has_perl_module(name):
            yield Missing(name, package, f"perl({name})")


def _has_library(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def has_program(name: str) -> bool:
    """Say whether a program is there, also where only root's PATH leads."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    return shutil.which(name, path=path) is not None


def has_perl_module(name: str) -> bool:
    """Say whether a program in Perl can use a module."""
    perl = shutil.which("perl")
    return (
        perl is not None and not subprocess.run([perl, f"-M{name}", "-e1"], check=False, capture_output=True).returncode
    )


def has_name(host: str) -> bool:
    """Say whether the system knows the address of a host; the demo's servers are called localhost."""
    try:
        socket.getaddrinfo(host, None)
    except OSError:
        return False
    return True


def has_fonts(folders: Iterable[str] = FONT_FOLDERS) -> bool:
    """Say whether there is any font; without one Qt draws all text invisible, and reports nothing."""
    for folder in folders:
        for _, _, files in os.walk(Path(folder).expanduser()):
            if any(Path(file).suffix.lower() in FONT_SUFFIXES for file in files):
                return True
    return False


def install_command(missing: Iterable[Missing], *, packager: str | None = None) -> str:
    """Return the command a person has to run as root to get what is missing; empty when the packager is not known."""
    wanted = list(missing)
    found = packager or next((name for name in ("apt-get", "dnf", "zypper") if shutil.which(name)), "")
    if found == "apt-get":
        packages = " ".join(sorted({item.package for item in wanted}))
        return f"sudo apt-get install --no-install-recommends {packages}"
    if found:
        return f"sudo {found} install {' '.join(sorted({shlex.quote(item.capability) for item in wanted}))}"
    return ""


def install(packages: Iterable[str]) -> bool:
    """Install Debian packages as root or with a sudo that asks nothing; say so first, and say whether it worked."""
    wanted = sorted(set(packages))
    if not shutil.which("apt-get"):
        return False
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if as_root and (
        not shutil.which("sudo") or subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True).returncode
    ):
        return False
    print(f"Installing Debian packages: {' '.join(wanted)}", flush=True)
    script = [*as_root, "sh", str(LINUX / "install.sh"), *wanted]
    result = subprocess.run(script, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if result.returncode:
        print(result.stdout, file=sys.stderr)
    return result.returncode == 0


def require(groups: Sequence[str], *, purpose: str) -> bool:
    """Make sure of what the groups need; say what stays missing and how to get it, and return whether all is there."""
    missing = missing_for(groups)
    if missing and install(item.package for item in missing):
        missing = missing_for(groups)
    if not missing:
        return True
    print(f"{purpose}: this machine lacks {', '.join(item.name for item in missing)}.", file=sys.stderr)
    command = install_command(missing)
    if command:
        print(f"To install that:\n\n    {command}\n", file=sys.stderr)
    else:
        print("Please install that with your system's package manager.", file=sys.stderr)
    return False
