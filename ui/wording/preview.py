"""The words of the policy preview: the Admin console's own, and what a change comes to."""

from __future__ import annotations

from typing import assert_never

from PySide6.QtCore import QLocale

from app.policy.directory import ADMINS, Group
from app.policy.evaluate import Outcome
from app.preview.baselines import Baseline
from app.preview.effects import Choice, DraftFate, Effects, QueuedFate, ScheduledFate
from app.preview.tree import Box, GroupRow, Source
from app.recipient_view import RecipientView
from app.routing import Refusal, Route, Via
from ui.texts import translate
from ui.wording.facts import harmless
from ui.wording.routes import name_of_target, on_behalf_line, security_short

__all__ = [
    "choice_line",
    "console_path",
    "count_text",
    "demand_line",
    "doubt_line",
    "draft_line",
    "group_name",
    "groups_line",
    "mark_line",
    "people_line",
    "person_headline",
    "queued_line",
    "scheduled_line",
    "setting_name",
    "setting_text",
    "source_line",
    "source_word",
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
    return translate("preview", "{count} people").format(count=count_text(count))


def groups_line(count: int) -> str:
    """Return how many groups."""
    if count == 1:
        return translate("preview", "1 group")
    return translate("preview", "{count} groups").format(count=count_text(count))


def person_headline(found: Effects, *, are_exports: bool = False) -> str:
    """Return what a change, or the second of two exports, does to one person, in one sentence."""
    if are_exports and not found.changed and found.gateways_before == found.gateways_after:
        return translate("preview", "Both exports say the same for this person.")
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


def count_text(count: int) -> str:
    """Return a number as people write it."""
    return QLocale().toString(count)
