"""The words of what changes in an organisation: whom it concerns, why, and the table of them."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from app.policy.document import ADMINS
from app.policy.evaluate import Outcome
from app.preview.comparison import Cause, Comparison, Kind, UserChange
from app.preview.csv_text import CsvWords
from app.preview.rules import Settings
from ui.texts import translate
from ui.wording.facts import harmless
from ui.wording.preview import count_text, people_line, value_word
from ui.wording.routes import name_of_target

__all__ = [
    "allowed_line",
    "cause_word",
    "causes_line",
    "csv_words",
    "exports_line",
    "kind_short",
    "kind_word",
    "others_line",
    "settings_line",
    "side_word",
    "summary_line",
]


def kind_word(kind: Kind) -> str:
    """Return what happens to a person."""
    match kind:
        case Kind.GAINS:
            return translate("preview", "newly allowed")
        case Kind.LOSES:
            return translate("preview", "no longer allowed")
        case Kind.OTHER:
            return translate("preview", "another setting changes")
        case Kind.ADDED:
            return translate("preview", "is new")
        case Kind.REMOVED:
            return translate("preview", "is gone")
        case _:
            assert_never(kind)


def kind_short(kind: Kind) -> str:
    """Return what happens to people, as short as it stands above a column."""
    match kind:
        case Kind.GAINS:
            return translate("preview", "Gain")
        case Kind.LOSES:
            return translate("preview", "Lose")
        case Kind.OTHER:
            return translate("preview", "Other settings")
        case Kind.ADDED:
            return translate("preview", "New")
        case Kind.REMOVED:
            return translate("preview", "Gone")
        case _:
            assert_never(kind)


def cause_word(cause: Cause) -> str:
    """Return what makes the difference for a person."""
    match cause:
        case Cause.POLICY:
            return translate("preview", "policy changed")
        case Cause.UNIT:
            return translate("preview", "moved to another unit")
        case Cause.GROUPS:
            return translate("preview", "other groups")
        case _:
            assert_never(cause)


def causes_line(change: UserChange) -> str:
    """Return why something changes for a person."""
    words = [cause_word(cause) for cause in change.causes]
    if change.moved_from and Cause.UNIT in change.causes:
        moved = translate("preview", "moved from {unit}").format(unit=harmless(change.moved_from))
        words[change.causes.index(Cause.UNIT)] = moved
    return " · ".join(words)


def settings_line(settings: Settings | None) -> str:
    """Return whether somebody may use own servers, and what decides that; empty for who is not there."""
    if settings is None:
        return ""
    decisive = settings.gateways if settings.mail.value or not settings.gateways.value else settings.mail
    by = decisive.decided_by
    where = translate("preview", "Google's default")
    if by is not None and by.policy.type != "SYSTEM":
        where = name_of_target(by.target) if by.target == ADMINS else harmless(by.target)
    line = f"{value_word(settings.may_use_gateway)} · {where}"
    if decisive is settings.mail:
        return translate("preview", "{line}: mail is switched off").format(line=line)
    if by is not None and by.outcome in {Outcome.MALFORMED, Outcome.UNDECIDABLE_QUERY}:
        return translate("preview", "{line}: unclear").format(line=line)
    return line


def side_word(*, are_exports: bool) -> str:
    """Return what the first of both sides is called: what holds now, or what an earlier export says."""
    return translate("preview", "Before") if are_exports else translate("preview", "Now")


def summary_line(comparison: Comparison) -> str:
    """Return what a change does to the whole organisation, in one sentence."""
    gains, loses = comparison.counts[Kind.GAINS], comparison.counts[Kind.LOSES]
    if not gains and not loses:
        return translate("preview", "Nobody gains or loses own SMTP servers.")
    gaining, losing = people_line(gains), people_line(loses)
    if not loses:
        return translate("preview", "Own SMTP servers: newly allowed for {people}.").format(people=gaining)
    if not gains:
        return translate("preview", "Own SMTP servers: no longer allowed for {people}.").format(people=losing)
    line = translate("preview", "Own SMTP servers: newly allowed for {gaining}, no longer allowed for {losing}.")
    return line.format(gaining=gaining, losing=losing)


def allowed_line(comparison: Comparison, *, are_exports: bool = False) -> str:
    """Return how many may use own servers before and after, of two exports or of one and its change."""
    line = translate("preview", "Allowed now: {before} of {users}. Allowed afterwards: {after}.")
    if are_exports:
        line = translate("preview", "Allowed before: {before} of {users}. Allowed after: {after} of {users_after}.")
    return line.format(
        before=count_text(comparison.allowed_before),
        users=people_line(comparison.users_before),
        after=count_text(comparison.allowed_after),
        users_after=people_line(comparison.users_after),
    )


def exports_line(before: str, after: str) -> str:
    """Return which two exports are compared."""
    return translate("preview", "{before} → {after}").format(before=harmless(before), after=harmless(after))


def others_line(comparison: Comparison) -> str:
    """Return what changes besides own servers; empty where nothing does."""
    lines = {
        Kind.OTHER: translate("preview", "Another setting changes for {people}."),
        Kind.ADDED: translate("preview", "New: {people}."),
        Kind.REMOVED: translate("preview", "Gone: {people}."),
    }
    found = [(line, comparison.counts[kind]) for kind, line in lines.items() if comparison.counts[kind]]
    return " ".join(line.format(people=people_line(count)) for line, count in found)


def csv_words(*, are_exports: bool = False) -> CsvWords:
    """Return the words of the table of those concerned, by a change or between two exports."""
    words = _csv_words()
    if not are_exports:
        return words
    return replace(
        words,
        gateway_before=translate("preview", "Own SMTP servers before"),
        gateway_after=translate("preview", "Own SMTP servers after"),
        decided_before=translate("preview", "Decided before by"),
        decided_after=translate("preview", "Decided after by"),
        mail_before=translate("preview", "Mail before"),
        mail_after=translate("preview", "Mail after"),
        names_before=translate("preview", "Name can be changed before"),
        names_after=translate("preview", "Name can be changed after"),
        required_before=translate("preview", "Outside addresses need an own server before"),
        required_after=translate("preview", "Outside addresses need an own server after"),
    )


def _csv_words() -> CsvWords:
    return CsvWords(
        address=translate("preview", "Address"),
        unit=translate("preview", "Organisational unit"),
        change=translate("preview", "Change"),
        causes=translate("preview", "Because of"),
        moved_from=translate("preview", "Formerly in"),
        gateway_before=translate("preview", "Own SMTP servers now"),
        gateway_after=translate("preview", "Own SMTP servers afterwards"),
        decided_before=translate("preview", "Decided now by"),
        decided_after=translate("preview", "Decided afterwards by"),
        mail_before=translate("preview", "Mail now"),
        mail_after=translate("preview", "Mail afterwards"),
        names_before=translate("preview", "Name can be changed now"),
        names_after=translate("preview", "Name can be changed afterwards"),
        required_before=translate("preview", "Outside addresses need an own server now"),
        required_after=translate("preview", "Outside addresses need an own server afterwards"),
        kinds={kind: kind_word(kind) for kind in Kind},
        cause_words={cause: cause_word(cause) for cause in Cause},
        yes=translate("preview", "yes"),
        no=translate("preview", "no"),
        default=translate("preview", "Google's default"),
        admins=name_of_target(ADMINS),
    )
