"""Bring a .ts file up to date with the strings in ui/, make its .qm, and name what is not translated yet."""

import argparse
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

from installers.environment import ROOT, compile_translations, program


def update(translation: Path) -> None:
    """Write the strings of today's ui/ into the file and drop those that are gone."""
    sources = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "ui").rglob("*.py"))
    options = ["-silent", "-no-obsolete", "-locations", "none", "-source-language", "en", "-target-language", "de"]
    command = [program("pyside6-lupdate"), *options, *sources, "-ts", str(translation)]
    subprocess.run(command, cwd=ROOT, check=True)


def unfinished(translation: Path) -> list[str]:
    """Return `context: source` of each string that has no finished translation."""
    contexts = ET.parse(translation).getroot().iter("context")  # noqa: S314 - a file of our own
    return [
        f"{context.findtext('name')}: {message.findtext('source')}"
        for context in contexts
        for message in context.iter("message")
        if not _is_finished(message.find("translation"))
    ]


def _is_finished(translation: ET.Element | None) -> bool:
    if translation is None or translation.get("type") == "unfinished":
        return False
    forms = translation.findall("numerusform") or [translation]
    return all((form.text or "").strip() for form in forms)


def main(arguments: list[str]) -> int:
    """Update the file, or with `--check` only a copy of it; the exit code says whether every string is translated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("translation", type=Path)
    parser.add_argument("--check", action="store_true", help="change nothing")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        translation: Path = options.translation
        if options.check:
            translation = Path(folder) / options.translation.name
            if options.translation.exists():
                shutil.copy(options.translation, translation)
        update(translation)
        missing = unfinished(translation)
    if missing:
        print(f"{len(missing)} strings in {options.translation.name} are not translated:")
        print("\n".join(f"  {line}" for line in missing))
    elif not options.check:
        compile_translations()
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
