"""Pictures of what people will see, for the administrator's announcement: PNG files, and a PDF a language."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import product

from PySide6.QtCore import QBuffer, QCoreApplication, QIODevice, QLocale, QMarginsF, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from shiboken6 import delete

from app.policy.directory import Directory, User
from app.preview.person import example_profile
from ui.language import load_translators
from ui.preview.desk import PreviewDesk
from ui.preview.memory import VALID_FOR, MemoryServices, open_memory_services
from ui.preview.plan import Plan, looking_up
from ui.preview.png import Pixels, png
from ui.preview.slices import breath, little_by_little
from ui.preview.stage import Shown, made
from ui.texts import translate
from ui.theme import LIGHT
from ui.wording.facts import harmless

__all__ = ["LANGUAGES", "take_pictures"]

LANGUAGES = ("en", "de")
_SIZES = {Shown.ACCOUNTS: QSize(880, 800), Shown.WIZARD: QSize(880, 560), Shown.COMPOSER: QSize(880, 440)}
_SHARPNESS = 2
"""Pixels of a picture for each of a window's."""
_SCREEN_DOTS = 96
"""Dots an inch of a window, by which a document shows a picture as large as it was."""
_DOTS = 300
"""Dots an inch in the PDF; its text stays text."""
_TITLE, _CAPTION = 16, 10
"""Points."""


async def take_pictures(plan: Plan, host: QWidget, now: Callable[[], datetime]) -> list[tuple[str, bytes]]:
    """Return the files, each with its name; windows go on working meanwhile.

    The pictures are of windows that are made for them and never seen, in the look of the program.
    """
    was, later = await little_by_little(looking_up(plan))
    sides = [("now", plan.now, was)]
    if plan.differs:
        sides.append(("after", plan.after, later))
    files: list[tuple[str, bytes]] = []
    opened: list[tuple[str, MemoryServices, PreviewDesk]] = []
    try:
        for side, directory, user in sides:
            if user is not None:
                services = await _services(plan, directory, user, now)
                opened.append((side, services, PreviewDesk(services, host)))
        for language in LANGUAGES:
            with closing(_Album(plan)) as album:
                for shown, (side, services, desk) in product(Shown, opened):
                    with _speaking(language), _unseen(shown, services, desk) as window:
                        image = _image(window)
                        album.add(window, _name(shown), side if plan.differs else "")
                    await breath()  # what people do goes between
                    pixels = _pixels(image)
                    files.append((f"{shown}-{side}-{language}.png", await asyncio.to_thread(png, pixels)))
            files.append((f"absender-{language}.pdf", album.data()))
    finally:
        for _, services, desk in opened:
            await desk.end()
            await services.close()
    return files


async def _services(plan: Plan, directory: Directory, user: User, now: Callable[[], datetime]) -> MemoryServices:
    moment = now()
    profile = example_profile(plan.now, user, source=plan.origin, now=moment)
    document = directory.document(user, serial=1, issued_at=moment, expires_at=moment + VALID_FOR)
    return await open_memory_services(profile, document, origin=plan.origin, now=now)


@contextmanager
def _speaking(language: str) -> Iterator[None]:
    """Have texts that are made meanwhile be in a language; those that are seen stay as they are."""
    application, before = QApplication.instance(), QLocale()
    assert application is not None
    load_translators(application, language)
    try:
        yield
    finally:
        own = QLocale.languageToCode(before.language())
        load_translators(application, None if before == QLocale.system() else own)
        QLocale.setDefault(before)


@contextmanager
def _unseen(shown: Shown, services: MemoryServices, desk: PreviewDesk) -> Iterator[QWidget]:
    """Make a window, laid out as it would be seen, and delete it in the end."""
    window = made(shown, services, desk)
    try:
        window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        window.resize(_SIZES[shown])
        window.show()
        # Wrapped texts ask for their height once they have a width.
        QCoreApplication.sendPostedEvents()
        yield window
    finally:
        if isinstance(window, QDialog):
            window.done(QDialog.DialogCode.Rejected.value)
        delete(window)


def _name(shown: Shown) -> str:
    names = {
        Shown.ACCOUNTS: translate("preview", "A&ccounts"),
        Shown.WIZARD: translate("preview", "New a&ddress"),
        Shown.COMPOSER: translate("preview", "&New message"),
    }
    return names[shown].replace("&", "")


def _image(window: QWidget) -> QImage:
    image = QImage(window.size() * _SHARPNESS, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_SHARPNESS)
    window.render(image)
    return image


def _pixels(image: QImage) -> Pixels:
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    density = round(_SCREEN_DOTS * image.devicePixelRatio() / 0.0254)
    return Pixels(plain.width(), plain.height(), bytes(plain.constBits()), plain.bytesPerLine(), density)


class _Album:
    """A PDF with a window a page, whose text stays text."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._buffer = QBuffer()
        self._buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        self._writer = QPdfWriter(self._buffer)
        self._writer.setResolution(_DOTS)
        margins = QMarginsF(18, 16, 18, 16)
        size, upright = QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait
        self._writer.setPageLayout(QPageLayout(size, upright, margins, QPageLayout.Unit.Millimeter))
        self._painter: QPainter | None = None
        self._top = 0.0

    def add(self, window: QWidget, name: str, side: str) -> None:
        """Add a page: the window of this name as it is `now` or `after`, which an empty text leaves out."""
        words = {
            "now": translate("preview", "{window}, now"),
            "after": translate("preview", "{window}, afterwards"),
            "": "{window}",
        }
        whose = translate("preview", "{organisation}, as {address} sees it")
        organisation, address = harmless(self._plan.now.organisation.name), harmless(self._plan.user.email)
        painter = self._next_page()
        self._write(painter, words[side].format(window=name), _TITLE)
        self._write(painter, whose.format(organisation=organisation, address=address), _CAPTION)
        page = painter.viewport()
        scale = min(page.width() / window.width(), (page.height() - self._top) / window.height())
        painter.save()
        painter.translate(0, self._top + _DOTS * 0.1)
        painter.scale(scale, scale)
        window.render(painter, QPoint())
        painter.setPen(QColor(LIGHT.edge))
        painter.drawRect(window.rect())
        painter.restore()

    def close(self) -> None:
        """End the last page."""
        if self._painter is not None:
            self._painter.end()
            self._painter = None

    def data(self) -> bytes:
        """Return the PDF, once it is closed."""
        return bytes(self._buffer.data().data())

    def _next_page(self) -> QPainter:
        self._top = 0.0
        if self._painter is None:
            self._writer.setTitle(translate("preview", "What you will see in Absender"))
            self._painter = QPainter(self._writer)
        else:
            self._writer.newPage()
        return self._painter

    def _write(self, painter: QPainter, text: str, points: int) -> None:
        font = QFont(QApplication.font())
        font.setPointSize(points)
        font.setBold(points == _TITLE)
        painter.setFont(font)
        painter.setPen(QColor(LIGHT.text))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        drawn = painter.boundingRect(QRectF(0, self._top, painter.viewport().width(), _DOTS), flags, text)
        painter.drawText(drawn, flags, text)
        self._top += drawn.height() + _DOTS * 0.05
