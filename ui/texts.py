"""Translated text for callers with and without Qt: the command line must not import it for a sentence."""

from __future__ import annotations

import sys

__all__ = ["translate"]


def translate(context: str, text: str) -> str:
    """Return `text` in the person's language when Qt is loaded, else as it is written here.

    Call it by this name with two literals: that is how the translation tools find the texts.
    """
    core = sys.modules.get("PySide6.QtCore")
    return str(core.QCoreApplication.translate(context, text)) if core else text
