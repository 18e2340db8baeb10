"""Start a frozen program as a person would: its version, its demo up to sent messages, and a clean end."""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from installers.package import FROZEN

PATIENCE = 180  # seconds for the whole demo on a slow machine
PNG = b"\x89PNG\r\n\x1a\n"


def smoke_test(program: Path) -> list[str]:
    """Return what is wrong with the program; nothing, when it is as it should be."""
    with tempfile.TemporaryDirectory() as folder:
        temporary, pictures = Path(folder, "tmp"), Path(folder, "pictures")
        temporary.mkdir()
        environment = os.environ | {"TMPDIR": str(temporary), "HOME": folder, "QT_QPA_PLATFORM": "offscreen"}
        environment.pop("PYTHONPATH", None)
        faults = []
        for arguments in (["--version"], ["demo", "--screenshots", str(pictures)]):
            result = subprocess.run(
                [program, *arguments], env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
            )
            if result.returncode or result.stderr:
                faults.append(f"{' '.join(arguments)} ended with {result.returncode}:\n{result.stderr}")
        if not _shows_windows(pictures):
            faults.append("the demo saved no picture of a window")
        if left := [path.name for path in temporary.iterdir()]:
            faults.append(f"the demo left {', '.join(left)} behind")
    return faults


def _shows_windows(pictures: Path) -> bool:
    files = list(pictures.glob("*.png")) if pictures.is_dir() else []
    return bool(files) and all(file.read_bytes().startswith(PNG) and file.stat().st_size > 2048 for file in files)


def main(arguments: list[str]) -> int:
    """Test the program given, or the one in build/."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = FROZEN / ("absender.exe" if os.name == "nt" else "absender")
    parser.add_argument("program", type=Path, nargs="?", default=default)
    program = parser.parse_args(arguments).program.absolute()
    faults = smoke_test(program)
    print("\n".join(faults) or f"{program} works")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
