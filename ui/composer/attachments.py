"""The files that go with a message. Each is looked at beside the window's own work: its drive may not answer."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.errors import ExpectedError, Problem
from app.limited import call_with_limit
from app.message.draft import Attachment
from ui import tasks
from ui.composer.file_chip import FileChip
from ui.language import size
from ui.widgets import Notice, QuietLabel
from ui.widgets.flow import FlowLayout

__all__ = ["AttachmentBar"]

_LARGE = 25_000_000
"""Octets from which on many servers refuse a message (Gmail's own limit)."""
_AT_ONCE = 8
"""Folders that are looked into at the same time."""
_SHOWN_AT_ONCE = 16
SOON = 300
"""Milliseconds after which a file that is still being looked at is shown; most never are."""
LATE = 3000
"""Milliseconds after which one is told what may be wrong."""


class AttachmentBar(QFrame):
    """Hidden while there are no files."""

    changed = Signal()
    refused = Signal(str, str)
    """Which of the files that were added together cannot go, each time it is one more; and what to do."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("attachmentBar")
        self.setProperty("bar", True)
        self._chips: list[FileChip] = []
        self._looks: dict[FileChip, asyncio.Task[None]] = {}
        self._unshown: deque[FileChip] = deque()
        self._refusals = 0
        self._turns = asyncio.Semaphore(_AT_ONCE)
        inside = QWidget()
        self._flow = FlowLayout(inside)
        self._hint = QuietLabel("")
        self._hint.setObjectName("sizeHint")
        self._wait = Notice(name="lookingNotice")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 8)
        column.setSpacing(6)
        column.addWidget(inside)
        column.addWidget(self._wait)
        column.addWidget(self._hint)
        self._soon = self._timer(self._show_looking)
        self._late = self._timer(self._show_wait)
        self._next = self._timer(self._show_some)
        looks = self._looks
        self.destroyed.connect(lambda: [look.cancel() for look in looks.values()])
        self.hide()

    def _timer(self, call: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(call)
        return timer

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """The files, in order; those that are still being looked at are of size 0."""
        return tuple(chip.attachment for chip in self._chips)

    async def looked_at(self) -> bool:
        """Wait until every file has been looked at; return whether all of them can go. Who waits says so."""
        before = self._refusals
        self._late.stop()
        self._wait.clear()
        try:
            while self._looks:
                await asyncio.wait(self._looks.values())
        finally:
            if self._looks:
                self._late.start(LATE)
        return self._refusals == before

    def show_all(self, attachments: Iterable[Attachment]) -> None:
        """Show files that were attached earlier, whether they are still there or not."""
        for each in attachments:
            self._add(each).show_as_kept()
        self._refresh()

    def add_files(self, paths: Iterable[str]) -> None:
        """Attach files in this order, each as soon as it has been looked at; `refused` tells of those that cannot go.

        Files of one folder are looked at one after the other, because one drive answers for all of them or for none.
        """
        present = {chip.attachment.path for chip in self._chips}
        folders: dict[Path, asyncio.Lock] = {}
        problems: list[Problem] = []
        for path in dict.fromkeys(paths):
            if path not in present:
                file = Path(path)
                chip = self._add(Attachment(path, file.name or path, 0))
                look = self._look(chip, folders.setdefault(file.parent, asyncio.Lock()), problems)
                self._looks[chip] = tasks.start(look, name="attach")
        for timer, delay in ((self._soon, SOON), (self._late, LATE)):
            if self._looks and not timer.isActive():
                timer.start(delay)

    async def _look(self, chip: FileChip, folder: asyncio.Lock, problems: list[Problem]) -> None:
        from app.message.attachments import check_attachment

        outcome: int | Problem
        try:
            async with folder, self._turns:
                outcome = await call_with_limit(partial(check_attachment, chip.attachment), None)
        except ExpectedError as error:
            outcome = error.problem
        finally:
            self._looks.pop(chip, None)
        if isinstance(outcome, Problem):
            self._refusals += 1
            problems.append(outcome)
            self._remove(chip)
            self._tell_refused(problems)
        else:
            chip.take_size(outcome)
            self._show_soon([chip])

    def _add(self, attachment: Attachment) -> FileChip:
        """Return the chip of a file in its place; it is not seen before there is something to say of the file."""
        chip = FileChip(attachment, self)
        chip.removed.connect(lambda: self._remove(chip))
        self._flow.addWidget(chip)
        self._chips.append(chip)
        return chip

    def _remove(self, chip: FileChip) -> None:
        if (look := self._looks.pop(chip, None)) is not None:
            look.cancel()
        self._chips.remove(chip)
        self._flow.removeWidget(chip)
        chip.hide()
        chip.deleteLater()
        self._tell()

    def _leave_out(self) -> None:
        for chip in tuple(self._looks):
            self._remove(chip)

    def _tell(self) -> None:
        self._refresh()
        self.changed.emit()

    def _tell_refused(self, problems: Sequence[Problem]) -> None:
        from ui.messages import explain, harmless

        explained = explain(problems[-1])
        sentence = explained.sentence
        if len(problems) > 1:
            names = harmless(", ".join(each.fact("name") for each in problems))
            sentence = self.tr("{count} files were not attached: {names}").format(count=len(problems), names=names)
        self.refused.emit(sentence, explained.next_step)

    def _show_looking(self) -> None:
        self._show_soon(self._looks)

    def _show_soon(self, chips: Iterable[FileChip]) -> None:
        self._unshown.extend(chips)
        self._next.start(0)

    def _show_some(self) -> None:
        """Show what is new of a few files; of very many at once the window would stand still."""
        with self._flow.held():
            for _ in range(min(_SHOWN_AT_ONCE, len(self._unshown))):
                chip = self._unshown.popleft()
                if chip in self._looks:
                    chip.show_looking()
                elif chip in self._chips:
                    chip.show_size()
        if self._unshown:
            self._next.start(0)
        self._tell()

    def _show_wait(self) -> None:
        self._wait.show_text(
            "plain",
            self.tr("Some files take long to look at."),
            self.tr("A drive that does not answer may be why. You can go on writing meanwhile."),
            [(self.tr("Leave them out"), self._leave_out)],
        )

    def _refresh(self) -> None:
        if not self._looks:
            self._soon.stop()
            self._late.stop()
            self._wait.clear()
        total = sum(chip.attachment.size for chip in self._chips)
        self._hint.setText(
            self.tr("{size} together. Many mail servers refuse messages of more than 25 MB.").format(size=size(total))
        )
        self._hint.setVisible(total > _LARGE)
        self.setVisible(any(not chip.isHidden() for chip in self._chips))
