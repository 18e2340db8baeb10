"""The Debian package: what it needs, and the menu entry it brings."""

import configparser
import tomllib
from pathlib import Path

from installers import package, system

LINUX = Path(__file__).resolve().parent.parent / "installers" / "linux"


def test_the_package_needs_each_library_that_the_program_looks_for() -> None:
    libraries = tomllib.loads((LINUX / "system.toml").read_text(encoding="utf-8"))["libraries"]
    wanted = {*libraries["qt"].values(), *libraries["window"].values()}
    assert wanted <= set(package.depends())
    assert any(system.FONT_PACKAGE in entry for entry in package.depends())


def test_the_menu_entry_takes_mailto_links() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment,method-assign]  # documented so
    entry.read(LINUX / "absender.desktop", encoding="utf-8")
    main = entry["Desktop Entry"]
    assert main["MimeType"] == "x-scheme-handler/mailto;"
    assert main["Exec"] == "absender compose %u"
    assert main["Name"] == "Absender"
