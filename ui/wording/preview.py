"""The words of the policy preview: the Admin console's own, and what a change comes to."""

from __future__ import annotations

from typing import assert_never

from PySide6.QtCore import QLocale

from app.policy.directory import ADMINS, Group
from app.policy.evaluate import Outcome
from app.preview.baselines import Baseline
from app.preview.comparison import Cause, Comparison, Kind, UserChange
from app.preview.csv_text import CsvWords
from app.preview.effects import Choice, DraftFate, Effects, QueuedFate, ScheduledFate
from app.preview.rules import Settings
from app.preview.tree import Box, GroupRow, Source
from app.recipient_view import RecipientView
from app.routing import Refusal, Route, Via
from ui.texts import translate
from ui.wording.facts import harmless
from ui.wording.routes import name_of_target, on_behalf_line, security_short

__all__ = [
    "allowed_line",
    "cause_word",
    "causes_line",
    "choice_line",
    "console_path",
    "csv_words",
    "demand_line",
    "doubt_line",
    "draft_line",
    "group_name",
    "groups_line",
    "kind_word",
    "mark_line",
    "people_line",
    "person_headline",
    "queued_line",
    "scheduled_line",
    "setting_name",
    "setting_text",
    "settings_line",
    "source_line",
    "source_word",
    "summary_line",
    "value_word",
    "waiting_line",
    "way_line",
]


def console_path() -> str:
    """Return where the Admin console has the setting (support.google.com/a/answer/176054)."""
    return translate("preview", "Apps > Google Workspace > Gmail > End User Access")


def setting_name() -> str:
    """Return what the Admin console calls the setting."""
    return translate("preview", "Allow per-user outbound gateways")


def setting_text() -> str:
    """Return the text of the box in the Admin console."""
    return translate(
        "preview",
        "Allow users to send mail through an external SMTP server when configuring a “from” address hosted outside "
        "your email domain(s)",
    )


def value_word(ticked: bool) -> str:
    """Return the value of the box in a word."""
    return translate("preview", "On") if ticked else translate("preview", "Off")


def source_word(source: Source) -> str:
    """Return where the value of a box is from, as the Admin console marks it."""
    match source:
        case Source.LOCAL:
            return translate("preview", "Locally applied")
        case Source.INHERITED:
            return translate("preview", "Inherited")
        case Source.DEFAULT:
            return translate("preview", "Google's default")
        case _:
            assert_never(source)


def mark_line(box: Box) -> str:
    """Return the value of a box and where it is from, as short as it stands in the tree."""
    word = source_word(box.source)
    if box.doubtful and (box.doubt is not None or box.source is not Source.LOCAL):
        is_conditional = any(each.outcome is Outcome.UNDECIDABLE_QUERY for each in box.doubtful)
        word = translate("preview", "With a condition") if is_conditional else translate("preview", "Unclear")
    return f"{value_word(box.ticked)} · {word}"


def source_line(box: Box, inherited_from: str) -> str:
    """Return where the value of a box is from; `inherited_from` is the path of the unit it is inherited from."""
    if box.source is Source.INHERITED:
        return translate("preview", "Inherited from {unit}").format(unit=harmless(inherited_from))
    return source_word(box.source)


def doubt_line(box: Box, inherited_from: str) -> str:
    """Return what is unclear about a box; empty where nothing is. `inherited_from` as for `source_line`."""
    is_elsewhere = box.source is Source.INHERITED
    match box.doubt:
        case Outcome.MALFORMED if is_elsewhere:
            line = translate("preview", "The value that is set for {unit} makes no sense, so it counts as off.")
        case Outcome.MALFORMED:
            line = translate("preview", "The value that was set makes no sense, so it counts as off.")
        case Outcome.UNDECIDABLE_QUERY if is_elsewhere:
            line = translate(
                "preview",
                "A policy with a condition, on licences perhaps, is set for {unit}. Whether it applies cannot be told, "
                "so it counts as off.",
            )
        case Outcome.UNDECIDABLE_QUERY:
            line = translate(
                "preview",
                "A policy with a condition, on licences perhaps, is set here. Whether it applies cannot be told, so it "
                "counts as off.",
            )
        case _:
            return _without_effect(box)
    return line.format(unit=harmless(inherited_from))


def _without_effect(box: Box) -> str:
    """Return what is set at this very place and decides nothing, because it is in doubt."""
    outcomes = {each.outcome for each in box.doubtful}
    if Outcome.UNDECIDABLE_QUERY in outcomes:
        return translate(
            "preview",
            "A policy with a condition, on licences perhaps, is set here too. Whether it applies cannot be told, so "
            "nothing is allowed by it.",
        )
    if outcomes:
        return translate("preview", "Something that makes no sense is set here too. It has no effect.")
    return ""


def group_name(group: Group | GroupRow) -> str:
    """Return what a group is called; Google's own of all administrators has no name in a directory."""
    if group.id == ADMINS:
        return name_of_target(ADMINS)
    return harmless(group.name or group.email)


def demand_line(baseline: Baseline, ticked: bool | None) -> str:
    """Return what a security baseline demands of the box, and whether it is so; None where no box is shown."""
    demand = translate("preview", "demands “off” ({level})")
    if baseline.demands:
        demand = translate("preview", "demands “on” ({level})")
    line = demand.format(level=baseline.level)
    if ticked is None:
        return line
    met = translate("preview", "met here") if ticked is baseline.demands else translate("preview", "not met here")
    return f"{line} · {met}"


def people_line(count: int) -> str:
    """Return how many people."""
    if count == 1:
        return translate("preview", "1 person")
    return translate("preview", "{count} people").format(count=_number(count))


def groups_line(count: int) -> str:
    """Return how many groups."""
    if count == 1:
        return translate("preview", "1 group")
    return translate("preview", "{count} groups").format(count=_number(count))


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
    where = translate("preview", "Google's default") if by is None else name_of_target(by.target)
    line = f"{value_word(settings.may_use_gateway)} · {where}"
    if decisive is settings.mail:
        return translate("preview", "{line}: mail is switched off").format(line=line)
    if by is not None and by.outcome in {Outcome.MALFORMED, Outcome.UNDECIDABLE_QUERY}:
        return translate("preview", "{line}: unclear").format(line=line)
    return line


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


def allowed_line(comparison: Comparison) -> str:
    """Return how many may use own servers before and after."""
    line = translate("preview", "Allowed now: {before} of {users}. Allowed afterwards: {after}.")
    return line.format(
        before=_number(comparison.allowed_before),
        users=people_line(comparison.users_before),
        after=_number(comparison.allowed_after),
    )


def person_headline(found: Effects) -> str:
    """Return what a change does to one person, in one sentence."""
    if found.gateways_before != found.gateways_after:
        if found.gateways_after:
            return translate("preview", "This person may use own SMTP servers from now on.")
        return translate("preview", "This person may no longer use own SMTP servers.")
    if found.changed:
        return translate("preview", "Mail of this person takes other ways.")
    return translate("preview", "Nothing changes for this person.")


def way_line(route: Route | Refusal) -> str:
    """Return which way mail takes, in a few words."""
    if isinstance(route, Refusal):
        return translate("preview", "is not sent")
    server = f"{harmless(route.server.host)}:{route.server.port} ({security_short(route.server.security)})"
    if route.via is Via.GATEWAY:
        return translate("preview", "through its own server {server}").format(server=server)
    return translate("preview", "through the organisation's server {server}").format(server=server)


def draft_line(fate: DraftFate) -> str:
    """Return what happens when Send is pressed on a draft."""
    match fate:
        case DraftFate.GOES:
            return translate("preview", "is sent")
        case DraftFate.HELD:
            return translate("preview", "is held in the Outbox")
        case DraftFate.REFUSED:
            return translate("preview", "stays a draft; the composer says why")
        case _:
            assert_never(fate)


def waiting_line(fate: QueuedFate) -> str:
    """Return how a message that waits in the Outbox fares before the change."""
    if fate in {QueuedFate.RELEASED, QueuedFate.STAYS_HELD}:
        return translate("preview", "is held")
    return translate("preview", "is sent")


def scheduled_line(fate: ScheduledFate) -> str:
    """Return what becomes of a message that waits for a certain time."""
    match fate:
        case ScheduledFate.GOES:
            return translate("preview", "is sent at its time")
        case ScheduledFate.HELD:
            return translate("preview", "is held at its time")
        case _:
            assert_never(fate)


def choice_line(choice: Choice, instead: RecipientView | None) -> str:
    """Return what a person can do with a held message; `instead` is what recipients would see of it."""
    match choice:
        case Choice.WAIT:
            return translate("preview", "Wait: it is sent by itself as soon as the organisation allows it")
        case Choice.THROUGH_ORGANISATION if instead is not None:
            line = translate("preview", "Send through the organisation: recipients see {sender}")
            return line.format(sender=on_behalf_line(instead))
        case Choice.THROUGH_ORGANISATION:
            return translate("preview", "Send through the organisation")
        case Choice.BACK_TO_DRAFTS:
            return translate("preview", "Back to drafts: change the message or its sender")
        case _:
            assert_never(choice)


def queued_line(fate: QueuedFate) -> str:
    """Return what becomes of a message that waits in the Outbox."""
    match fate:
        case QueuedFate.GOES:
            return translate("preview", "is sent")
        case QueuedFate.HELD:
            return translate("preview", "is held from now on")
        case QueuedFate.RELEASED:
            return translate("preview", "was held, and is sent by itself")
        case QueuedFate.STAYS_HELD:
            return translate("preview", "stays held")
        case _:
            assert_never(fate)


def csv_words() -> CsvWords:
    """Return the words of the table of those concerned."""
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


def _number(count: int) -> str:
    return QLocale().toString(count)
