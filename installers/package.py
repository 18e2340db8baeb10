"""Freeze the program with PyInstaller, make a Debian package of it where dpkg-deb is, and try it out; all in build/."""

import gzip
import os
import platform
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from installers.environment import ROOT
from installers.system import LINUX

BUILD = ROOT / "build"
FROZEN = BUILD / "frozen" / "absender"

CONTROL = """\
Package: absender
Version: {version}
Architecture: {architecture}
Maintainer: The Absender contributors <maintainers@absender.example>
Installed-Size: {kilobytes}
Depends: {depends}
Recommends: gnome-keyring | kwalletmanager
Section: mail
Priority: optional
Description: {summary}
 Keeps all your From addresses in one place, each with the mail server it goes
 through, obeys and explains your organisation's policy, and shows the way of
 every message and what its recipients will see before it goes.
"""

COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Absender

Files: *
Copyright: 2026 The Absender contributors
License: Expat
{licence}
Comment: Libraries keep their own licences, in usr/lib/absender/_internal/*.dist-info,
 and the icons theirs, in usr/lib/absender/_internal/resources/icons/LICENSE.
"""


def freeze() -> Path:
    """Build the folder with the frozen program and return it."""
    work = [
        "--distpath",
        str(FROZEN.parent),
        "--workpath",
        str(BUILD / "pyinstaller"),
        "--noconfirm",
        "--log-level",
        "WARN",
    ]
    command = [sys.executable, "-m", "PyInstaller", *work, str(ROOT / "installers" / "absender.spec")]
    subprocess.run(command, cwd=ROOT, check=True)
    return FROZEN


def debian_package(frozen: Path, version: str, summary: str) -> Path:
    """Make a .deb of the frozen program, with its menu entry as a handler of mailto links, and return it."""
    architecture = _output("dpkg", "--print-architecture")
    tree = BUILD / "debian"
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(frozen, tree / "usr/lib/absender", symlinks=True)
    (tree / "usr/bin").mkdir(parents=True)
    (tree / "usr/bin/absender").symlink_to("../lib/absender/absender")
    _copy(LINUX / "absender.desktop", tree / "usr/share/applications/absender.desktop")
    _copy(ROOT / "resources/icons/absender.svg", tree / "usr/share/icons/hicolor/scalable/apps/absender.svg")
    _documents(tree / "usr/share/doc/absender")
    control = CONTROL.format(
        version=version,
        architecture=architecture,
        kilobytes=sum(path.lstat().st_size for path in tree.rglob("*")) // 1024,
        depends=", ".join(depends()),
        summary=summary,
    )
    (tree / "DEBIAN").mkdir()
    (tree / "DEBIAN/control").write_text(control, encoding="utf-8")
    for path in tree.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    package = BUILD / f"absender_{version}_{architecture}.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Zzstd", "--build", str(tree), str(package)], check=True)
    return package


def depends() -> list[str]:
    """Return what the Debian package needs: the libraries that run.py looks for, a font, and this libc."""
    libraries = tomllib.loads((LINUX / "system.toml").read_text(encoding="utf-8"))["libraries"]
    packages = {*libraries["qt"].values(), *libraries["window"].values(), "libstdc++6", "libzstd1", "zlib1g"}
    return [f"libc6 (>= {platform.libc_ver()[1]})", "fonts-dejavu-core | fonts-noto-core", *sorted(packages)]


def _documents(folder: Path) -> None:
    folder.mkdir(parents=True)
    lines = (ROOT / "LICENSE").read_text(encoding="utf-8").splitlines()
    licence = "\n".join(f" {line}" if line else " ." for line in lines)
    (folder / "copyright").write_text(COPYRIGHT.format(licence=licence), encoding="utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_bytes()
    (folder / "changelog.gz").write_bytes(gzip.compress(changelog, 9, mtime=0))


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def main() -> int:
    """Build all that this system can build, print where it is, and say whether it works."""
    from installers.smoke_test import main as smoke_test

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    frozen = freeze()
    print(frozen, flush=True)
    if shutil.which("dpkg-deb"):
        print(debian_package(frozen, project["version"], project["description"].split(":")[0]), flush=True)
    return smoke_test([])


if __name__ == "__main__":
    sys.exit(main())
