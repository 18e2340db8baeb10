"""The command line: parses without Qt, speaks through the front it is given, and ends with 0, 1 or 2.

0 is done, 1 refused or failed with the reason on standard error, 2 wrong usage. Commands, options and the
fields of `--json` do not change their meaning.
"""

from app.cli.front import Explanation, Front, WindowRequest
from app.cli.main import main

__all__ = ["Explanation", "Front", "WindowRequest", "main"]
