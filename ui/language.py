"""The person's language: translations, and how dates and sizes are written."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files

from PySide6.QtCore import QCoreApplication, QDate, QLibraryInfo, QLocale, QTime, QTranslator

from ui.texts import translate

__all__ = ["load_translators", "moment", "size"]


def load_translators(application: QCoreApplication, language: str | None) -> list[QTranslator]:
    """Install the translations for `language` ("de", "en"), or for the system's; return those that were found."""
    locale = QLocale(language) if language else QLocale.system()
    QLocale.setDefault(locale)
    for old in application.findChildren(QTranslator):
        application.removeTranslator(old)
        old.deleteLater()
    found = []
    folder = str(files("resources") / "translations")
    qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for name, where in (("qtbase", qt_folder), ("absender", folder)):
        translator = QTranslator(application)
        if translator.load(locale, name, "_", where):
            application.installTranslator(translator)
            found.append(translator)
        else:
            translator.deleteLater()
    return found


def moment(when: datetime, now: datetime) -> str:
    """Return a moment for people: the time for today, the weekday within a week, else the date."""
    local, today = when.astimezone(), now.astimezone()
    locale = QLocale()
    clock = locale.toString(QTime(local.hour, local.minute), QLocale.FormatType.ShortFormat)
    days = (today.date() - local.date()).days
    if days == 0:
        return clock
    if days == 1:
        return translate("language", "yesterday, {time}").format(time=clock)
    if 0 < days < 7:
        return f"{locale.dayName(local.isoweekday())}, {clock}"
    return f"{locale.toString(QDate(local.year, local.month, local.day), QLocale.FormatType.ShortFormat)}, {clock}"


def size(octets: int) -> str:
    """Return a size for people, in the units file managers use."""
    return QLocale().formattedDataSize(octets, 0 if octets < 1_000_000 else 1, QLocale.DataSizeFormat.DataSizeSIFormat)
