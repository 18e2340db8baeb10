"""What all pages of the wizard and of the set-up have in common: a heading, a notice, and fields below."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.errors import Problem
from app.profile import OAuthSignIn, SmtpServer
from ui.messages import explain
from ui.texts import translate
from ui.widgets import Field, Heading, Notice, QuietLabel

__all__ = [
    "Page",
    "clear_when_typed",
    "detail_of",
    "first_wrong",
    "keep_for_now_label",
    "show_field_problem",
    "show_problem",
]


class Page(QWidget):
    """One page; put what it asks into `body`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heading = Heading()
        self._step_line = QuietLabel()
        self.notice = Notice(name="pageNotice")
        self.body = QVBoxLayout()
        self.body.setSpacing(16)
        head = QVBoxLayout()
        head.setSpacing(4)
        head.addWidget(self._heading)
        head.addWidget(self._step_line)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(16)
        column.addLayout(head)
        column.addWidget(self.notice)
        column.addLayout(self.body)
        column.addStretch(1)

    def set_heading(self, title: str, step: str = "") -> None:
        """Say what the page is about and where in the course it stands."""
        self._heading.setText(title)
        self._step_line.setText(step)
        self._step_line.setVisible(bool(step))
        self.setAccessibleName(title)

    def heading(self) -> str:
        """Return what the page is about."""
        return self._heading.text()

    def first_field(self) -> QWidget | None:
        """Return where typing begins."""
        return None


def show_problem(
    notice: Notice, problem: Problem, actions: Sequence[tuple[str, Callable[[], object]]] = (), *, kind: str = "bad"
) -> None:
    """Show a problem in words: what happened, what the server said, what to do next."""
    notice.show_text(kind, explain(problem).sentence, detail_of(problem), actions)


def detail_of(problem: Problem) -> str:
    """Return what to do about a problem next, and what the server said."""
    words = explain(problem)
    parts = [words.next_step]
    if words.server_said:
        quoted = translate("accounts", "The server said: {reply}").format(reply=words.server_said)
        # What a certificate says of itself was read, not said.
        parts.append(quoted if problem.fact("reply") else f"{words.server_said}.")
    return " ".join(part for part in parts if part)


def show_field_problem(field: Field, problem: Problem | None) -> None:
    """Show beside a field what is wrong with it, or that nothing is."""
    if problem is None:
        field.set_error(None)
        return
    words = explain(problem)
    field.set_error(f"{words.sentence} {words.next_step}".strip())


def keep_for_now_label(server: SmtpServer | None) -> str:
    """Return what is offered where the keychain does not take what one signs in with."""
    if server is not None and isinstance(server.sign_in, OAuthSignIn):
        return translate("accounts", "&Keep the sign-in until I close Absender")
    return translate("accounts", "&Keep the password until I close Absender")


def first_wrong(fields: Sequence[Field]) -> QWidget | None:
    """Return the first field that shows an error."""
    return next((field.editor for field in fields if field.error()), None)


def clear_when_typed(fields: Sequence[Field]) -> None:
    """Take a field's error away as soon as its content changes."""
    for field in fields:
        field.line.textChanged.connect(lambda _text, field=field: field.set_error(None) if field.error() else None)
