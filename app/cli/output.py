"""What the command line reads and prints: text for people or one JSON object, reasons on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

from app.cli.front import Front
from app.errors import Problem

__all__ = ["Output", "first_line_of_input"]


class Output:
    """Prints results to standard output and problems to standard error."""

    def __init__(self, front: Front, *, as_json: bool) -> None:
        self.front = front
        self.as_json = as_json

    def result(self, text: str, data: Mapping[str, object]) -> int:
        """Print the text, or the data as JSON; return exit code 0."""
        shown = json.dumps(data, ensure_ascii=False) if self.as_json else text
        sys.stdout.write(shown + "\n")
        return 0

    def problem(self, problem: Problem) -> int:
        """Print the sentence for a problem to standard error; return exit code 1."""
        explained = self.front.explain(problem)
        sys.stderr.write(f"absender: {explained.sentence}\n")
        if explained.next_step:
            sys.stderr.write(f"{explained.next_step}\n")
        if explained.server_said:
            sys.stderr.write(f"The server said: {explained.server_said}\n")
        return 1


def first_line_of_input() -> str:
    """Return the first line of standard input without its end; a password is read nowhere else."""
    return sys.stdin.readline().rstrip("\r\n")
