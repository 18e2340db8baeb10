"""Files the program reads at run time: icons, styles, translations."""

from pathlib import Path

__all__ = ["FOLDER"]

# Not importlib.resources: it takes 3 ms of the start, and the files lie in a folder in every form we ship.
FOLDER = Path(__file__).resolve().parent
