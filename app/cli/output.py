"""What the command line reads and prints: text for people or one JSON object, reasons on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import TextIO

from app.address import has_hidden_characters
from app.cli.front import Front
from app.errors import MessageError, Problem, Reason, SetupError

__all__ = ["Output", "cell", "password_from_input", "secret_from_input", "text_of"]


class Output:
    """Prints results to standard output and problems to standard error."""

    def __init__(self, front: Front, *, as_json: bool) -> None:
        self.front = front
        self.as_json = as_json

    def result(self, text: str, data: Mapping[str, object]) -> int:
        """Print the text, or the data as JSON; return exit code 0."""
        # ASCII only, so that no encoding of the terminal and no character in a subject can spoil the object.
        _write(json.dumps(data) if self.as_json else text)
        return 0

    def tell(self, text: str) -> None:
        """Print to standard error what a person is to do meanwhile."""
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

    def problem(self, problem: Problem) -> int:
        """Print the sentence for a problem to standard error; return exit code 1."""
        explained = self.front.explain(problem)
        sys.stderr.write(f"absender: {explained.sentence}\n")
        if explained.next_step:
            sys.stderr.write(f"{explained.next_step}\n")
        if explained.server_said:
            sys.stderr.write(f"The server said: {explained.server_said}\n")
        return 1


def cell(value: object) -> str:
    """Return a value for one field of a line: foreign text cannot break the line or command the terminal."""
    return "".join("\ufffd" if has_hidden_characters(char) else char for char in str(value))


def password_from_input() -> str:
    """Return the first line of standard input without its end; a password is read nowhere else.

    On a terminal it is asked for unseen. Raises SetupError for what is not UTF-8.
    """
    return secret_from_input("Password: ")


def secret_from_input(question: str) -> str:
    """Return a secret as `password_from_input` does, asked for with another question."""
    if sys.stdin.isatty():
        from getpass import getpass

        return getpass(question)
    try:
        line = sys.stdin.readline()
        line.encode()
    except UnicodeError:
        raise SetupError.because(Reason.SETUP_PASSWORD_UNREADABLE) from None
    return line.rstrip("\r\n")


def text_of(stream: TextIO, limit: int) -> str:
    """Return all of a stream's text; raises MessageError for what is not UTF-8, or longer than `limit` characters."""
    try:
        text = stream.read(limit + 1)
        text.encode()  # in some locales octets come through that are no text (PEP 383)
    except UnicodeError as error:
        raise MessageError.because(Reason.MESSAGE_UNREADABLE, detail="not UTF-8") from error
    if len(text) > limit:
        raise MessageError.because(Reason.MESSAGE_UNREADABLE, detail=f"more than {limit >> 20} MB")
    return text


def _write(line: str) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(line.encode(encoding, "replace").decode(encoding) + "\n")
    sys.stdout.flush()
