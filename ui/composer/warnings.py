"""What the checks say, in words."""

from __future__ import annotations

from typing import assert_never

from ui.composer.checks import Check, Warned
from ui.messages import harmless
from ui.texts import translate

__all__ = ["warning_line"]


def warning_line(warned: Warned) -> str:
    """Return one sentence for a warning."""
    match warned.check:
        case Check.NO_ATTACHMENT:
            line = translate("composer", "You wrote “{detail}”, but nothing is attached.")
        case Check.NO_SUBJECT:
            line = translate("composer", "The message has no subject.")
        case Check.MANY_VISIBLE:
            line = translate("composer", "All {detail} people in To and Cc will see each other's addresses.")
        case Check.OTHER_ADDRESS:
            line = translate("composer", "The name of this recipient shows another address: {detail}")
        case Check.LOOK_ALIKE:
            line = translate("composer", "Some letters of this recipient only look like others: {detail}")
        case _:
            assert_never(warned.check)
    return line.format(detail=harmless(warned.detail))
