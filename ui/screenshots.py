"""`python -m ui.screenshots DIR`: every window in English and German, light and dark."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from resources import FOLDER
from ui import loop
from ui.display import draw_unseen
from ui.language import load_translators
from ui.theme import apply_theme

__all__ = ["main"]

_README = {
    "accounts-light.png": ("en-light", "[0-9][0-9]-accounts"),
    "wizard-light.png": ("en-light", "[0-9][0-9]-add-address-allowed"),
    "composer-dark.png": ("en-dark", "[0-9][0-9]-composer"),
    "mailbox-light.png": ("en-light", "[0-9][0-9]-mailbox-held"),
    "preview-light.png": ("en-light", "preview-1-person"),
}
"""The pictures of the README: from which look, and of which window."""


def main(arguments: list[str]) -> int:
    """Save the pictures; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m ui.screenshots", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--readme", action="store_true", help="bring the pictures of the README up to date, too")
    options = parser.parse_args(arguments)
    draw_unseen()
    folder: Path = options.folder

    async def take(application: QApplication) -> int:
        for language in ("en", "de"):
            for scheme in ("light", "dark"):
                await _drive(application, language, scheme, folder / f"{language}-{scheme}")
        return 0

    code = loop.run(take)
    if code == 0 and options.readme:
        _copy_for_readme(folder)
    return code


async def _drive(application: QApplication, language: str, scheme: str, folder: Path) -> None:
    """Go through the demo and the policy preview once in this language and look."""
    from ui.demo.drive import drive
    from ui.demo.start import open_demo
    from ui.main import prepare
    from ui.preview.drive import drive_preview

    prepare(application)
    load_translators(application, language)
    apply_theme(application, scheme)
    async with open_demo() as demo:
        await drive(demo, folder)
    await drive_preview(folder)


def _copy_for_readme(folder: Path) -> None:
    target = FOLDER / "screenshots"
    target.mkdir(exist_ok=True)
    for name, (look, window) in _README.items():
        (source,) = (folder / look).glob(f"{window}.png")
        shutil.copyfile(source, target / name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
