"""The person's language: translations, and how dates and sizes are written."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QDate, QLibraryInfo, QLocale, QTime, QTranslator

from resources import FOLDER
from ui.texts import translate

__all__ = ["load_translators", "moment", "size"]

_LONG, _SHORT = QLocale.FormatType.LongFormat, QLocale.FormatType.ShortFormat

_installed: list[QTranslator] = []


def load_translators(application: QCoreApplication, language: str | None) -> list[QTranslator]:
    """Install the translations for `language` ("de", "en"), or for the system's; return those that were found."""
    locale = _locale(language)
    QLocale.setDefault(locale)
    # Remembered, because asking Qt for them has PySide set up every class of styles, 5 ms of the start.
    while _installed:
        application.removeTranslator(_installed.pop())
    folder = str(FOLDER / "translations")
    qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for name, where in (("qtbase", qt_folder), ("absender", folder)):
        translator = QTranslator()
        if translator.load(locale, name, "_", where):
            application.installTranslator(translator)
            _installed.append(translator)
    return list(_installed)


def moment(when: datetime, now: datetime) -> str:
    """Return a moment, past or to come, for people: the time today, a weekday within six days, else the date.

    Both times carry their zone; what is shown is the machine's.
    """
    local = when.astimezone()
    locale = QLocale()
    clock = locale.toString(QTime(local.hour, local.minute), _SHORT)
    days = (local.date() - now.astimezone().date()).days
    if days == 0:
        return clock
    if days == -1:
        return translate("language", "yesterday, {time}").format(time=clock)
    if days == 1:
        return translate("language", "tomorrow, {time}").format(time=clock)
    if abs(days) < 7:
        day = locale.standaloneDayName(local.isoweekday(), _LONG)
    else:
        day = locale.toString(QDate(local.year, local.month, local.day), _SHORT)
    return translate("language", "{day}, {time}").format(day=day, time=clock)


def size(octets: int) -> str:
    """Return a size for people, in the units file managers use."""
    return QLocale().formattedDataSize(octets, 0 if octets < 1_000_000 else 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def _locale(language: str | None) -> QLocale:
    """Return the locale of a language; the system's own where that is of this language, as de_AT is for German."""
    system = QLocale.system()
    if language is None or system.language() == QLocale(language).language():
        return system
    return QLocale(language)
