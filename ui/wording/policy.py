"""Sentences about the policy as it stands: the banner, and why it says what it says."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import PurePath
from typing import TYPE_CHECKING, assert_never
from urllib.parse import urlsplit

from app.policy.evaluate import Considered, Effective, Outcome, Policy, PolicyState
from ui.texts import translate
from ui.wording.facts import filled, harmless, moment
from ui.wording.routes import name_of_target

if TYPE_CHECKING:
    from app.setup.admin_request import AdminRequest

__all__ = [
    "admin_request_text",
    "clock_words",
    "explain_others",
    "explain_outcome",
    "origin_name",
    "policy_detail",
    "policy_headline",
    "policy_since",
    "policy_word",
]


def policy_headline(policy: Policy) -> str:
    """Return in one line what the policy says, or that it cannot be relied on; that there is no mail comes first."""
    if not policy.mail.value:
        return filled(translate("messages", "{organisation} has switched mail off for you"), _named(policy))
    match policy.state:
        case PolicyState.OWN:
            line = translate("messages", "You stated that no organisation owns your address")
        case PolicyState.UNKNOWN:
            line = translate("messages", "The policy of your organisation is not known")
        case PolicyState.STALE:
            line = translate("messages", "The policy of {organisation} was not confirmed lately")
        case PolicyState.FRESH if policy.gateways.value:
            line = translate("messages", "{organisation} allows own SMTP servers for outside addresses")
        case PolicyState.FRESH:
            line = translate("messages", "{organisation} does not allow own SMTP servers")
        case _:
            assert_never(policy.state)
    return filled(line, _named(policy))


def policy_detail(policy: Policy, now: datetime) -> str:
    """Return who set the policy, since when, when and where it was checked, and what to expect."""
    parts = _parts(policy, now)
    if not policy.mail.value:
        waits = translate("messages", "messages wait until mail is on again")
        parts = [_set_for(policy.mail), *_checked(policy, now), *_set_by(policy), waits]
    line = " · ".join(parts)
    return line[:1].upper() + line[1:]


def _parts(policy: Policy, now: datetime) -> list[str]:
    """Return the parts of the detail about own SMTP servers."""
    match policy.state:
        case PolicyState.OWN:
            return [translate("messages", "own SMTP servers are your own choice")]
        case PolicyState.UNKNOWN:
            return [
                *_from(policy),
                *_set_by(policy),
                translate("messages", "own SMTP servers cannot be used until it is known"),
            ]
        case PolicyState.STALE:
            return [
                *_checked(policy, now),
                *_set_by(policy),
                translate("messages", "mail through own SMTP servers is held until it is confirmed again"),
            ]
        case PolicyState.FRESH:
            parts = [_set_for(policy.gateways), *_checked(policy, now), *_set_by(policy)]
            if policy.problem is not None:
                parts.append(translate("messages", "the last check failed"))
            return [*parts, translate("messages", "changes can take up to 24 hours")]
        case _:
            assert_never(policy.state)


def policy_since(policy: Policy, now: datetime) -> str:
    """Return since when gateways have been allowed or not, for an address' row; empty when that is not known."""
    if policy.since is None or policy.state is not PolicyState.FRESH:
        return ""
    line = translate("messages", "not allowed since {moment}")
    if policy.gateways.value:
        line = translate("messages", "allowed since {moment}")
    return line.format(moment=moment(policy.since, now))


def policy_word(policy: Policy) -> str:
    """Return the policy in one word, to stand beside its colour."""
    match policy.state:
        case PolicyState.OWN:
            return translate("messages", "your choice")
        case PolicyState.UNKNOWN:
            return translate("messages", "unknown")
        case PolicyState.STALE:
            return translate("messages", "out of date")
        case PolicyState.FRESH:
            return translate("messages", "allowed") if policy.gateways.value else translate("messages", "not allowed")
        case _:
            assert_never(policy.state)


def origin_name(origin: str) -> str:
    """Return the server or file a policy comes from, without what people need not read."""
    parts = urlsplit(origin)
    if parts.scheme in {"http", "https"} and parts.hostname:
        return harmless(parts.hostname)
    return harmless(PurePath(parts.path if parts.scheme == "file" else origin).name)


def clock_words(skew: timedelta) -> tuple[str, str]:
    """Return how far this computer's clock is off, and what to do; `skew` is how far the server's was ahead of it."""
    minutes = round(abs(skew) / timedelta(minutes=1))
    if skew > timedelta():
        line = translate("messages", "The clock of this computer seems to be slow by {time}.")
    else:
        line = translate("messages", "The clock of this computer seems to be fast by {time}.")
    if minutes < 120:
        time = translate("messages", "{count} minutes").format(count=minutes)
    elif minutes < 48 * 60:
        time = translate("messages", "{count} hours").format(count=round(minutes / 60))
    else:
        time = translate("messages", "{count} days").format(count=round(minutes / 60 / 24))
    advice = translate(
        "messages", "Please set it: the date of your mail, scheduled mail and secure connections depend on it."
    )
    return line.format(time=time), advice


def explain_outcome(considered: Considered, *, decides: bool) -> tuple[str, str]:
    """Return what a policy says and for whom, and what became of it; `decides` marks the one that decided."""
    if considered.value is True:
        says = translate("messages", "For {target}: own SMTP servers allowed")
    elif considered.value is False:
        says = translate("messages", "For {target}: own SMTP servers not allowed")
    else:
        says = translate("messages", "For {target}: neither allowed nor forbidden")
    return filled(says, {"target": name_of_target(considered.target)}), _became(considered.outcome, decides)


def explain_others(policy: Policy) -> list[tuple[str, str]]:
    """Return what else the policy decides for the person, each with why; nothing of what is as it would be anyway."""
    told = (
        (policy.mail, False, translate("messages", "For {target}: mail is switched off")),
        (
            policy.external_from,
            True,
            translate("messages", "For {target}: outside addresses need an SMTP server of their own"),
        ),
        (policy.names, False, translate("messages", "For {target}: the name of your main address cannot be changed")),
    )
    return [
        (filled(line, {"target": name_of_target(by.target)}), _became(by.outcome, decides=True))
        for effective, restricts, line in told
        if effective.value is restricts and (by := effective.decided_by) is not None
    ]


def _became(outcome: Outcome, decides: bool) -> str:
    match outcome:
        case Outcome.DECIDED:
            return translate("messages", "This decides.")
        case Outcome.OUTRANKED:
            return translate("messages", "Another one has priority over this.")
        case Outcome.OTHER_ORG_UNIT:
            return translate("messages", "It is for an organisational unit that you are not in.")
        case Outcome.OTHER_GROUP:
            return translate("messages", "It is for a group that you are not in.")
        case Outcome.UNDECIDABLE_QUERY if decides:
            return translate("messages", "Whether it is meant for you cannot be told, so the stricter reading decides.")
        case Outcome.UNDECIDABLE_QUERY:
            return translate("messages", "Whether it is meant for you cannot be told.")
        case Outcome.MALFORMED:
            return translate("messages", "Its value makes no sense, so the stricter reading decides.")
        case _:
            assert_never(outcome)


def admin_request_text(request: AdminRequest) -> str:
    """Return the mail that asks the administrator to allow an own server, ready to be pasted."""
    asked = translate(
        "messages",
        "Hello,\n\nwith my account {person} I also write as {address}. This mail should go through the SMTP server "
        "of {domain}, so that recipients see only that address and the server of {domain} keeps the record. "
        "{standing}\n\nPlease allow it for me. In the Google Admin console this is under Apps > Google Workspace > "
        "Gmail > End User Access > Allow per-user outbound gateways.\n\nFor reference: setting {setting}, field "
        "{field}; decided for: {decided_by}; policy document: {origin}.\n\nThank you",
    )
    facts = {
        "person": request.person.display,
        "address": request.address.display,
        "domain": request.address.domain,
        "standing": _standing(request.state),
        "setting": request.setting,
        "field": request.field,
        "decided_by": _decided_by(request),
        "origin": harmless(request.origin) or translate("messages", "not known"),
    }
    return asked.format_map(facts)


def _standing(state: PolicyState) -> str:
    match state:
        case PolicyState.STALE:
            return translate("messages", "At present the policy cannot be confirmed, so that is not possible.")
        case PolicyState.UNKNOWN:
            return translate("messages", "At present no policy for me can be fetched, so that is not possible.")
        case PolicyState.FRESH | PolicyState.OWN:
            return translate("messages", "At present that is not allowed.")
        case _:
            assert_never(state)


def _decided_by(request: AdminRequest) -> str:
    if not request.decided_by:
        return translate("messages", "nobody (the default)")
    target = name_of_target(request.decided_by)
    return f"{target} ({harmless(request.policy_name)})" if request.policy_name else target


def _named(policy: Policy) -> dict[str, str]:
    return {"organisation": policy.organisation or translate("messages", "your organisation")}


def _set_for(effective: Effective) -> str:
    if effective.decided_by is None:
        return translate("messages", "the default, as nothing is set for you")
    return filled(translate("messages", "set for {target}"), {"target": name_of_target(effective.decided_by.target)})


def _checked(policy: Policy, now: datetime) -> list[str]:
    if policy.checked_at is None:
        return _from(policy)
    line = translate("messages", "checked {moment} from {origin}")
    return [filled(line, {"moment": moment(policy.checked_at, now), "origin": origin_name(policy.origin)})]


def _set_by(policy: Policy) -> list[str]:
    return [translate("messages", "this place is set by your administrator")] if policy.is_managed else []


def _from(policy: Policy) -> list[str]:
    if not policy.origin:
        return []
    return [filled(translate("messages", "looked up at {origin}"), {"origin": origin_name(policy.origin)})]
