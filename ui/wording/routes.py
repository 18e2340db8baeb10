"""Sentences about the route of a message: its line, its rules, its server, and what recipients see."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, assert_never

from app.policy.document import ADMINS
from app.profile import Security, SmtpServer
from app.routing import Route, Rule, Step, Via
from ui.texts import translate
from ui.wording.facts import date_and_time, filled, harmless

if TYPE_CHECKING:
    from app.recipient_view import RecipientView

__all__ = [
    "explain_step",
    "name_of_target",
    "on_behalf_line",
    "route_line",
    "security_line",
    "security_name",
    "security_short",
    "sent_through_line",
    "via_line",
]


def route_line(route: Route) -> str:
    """Return where a message goes, as whom, and why."""
    server = route.server
    login = translate("messages", "{host}:{port} ({security})")
    if server.username:
        login = translate("messages", "{host}:{port} ({security}) as {username}")
    facts = {
        "host": server.host,
        "port": str(server.port),
        "security": security_short(server.security),
        "username": server.username,
    }
    return filled(_why(route), {"server": filled(login, facts)})


def _why(route: Route) -> str:
    if route.via is Via.ORGANISATION:
        if route.on_behalf_of:
            return translate("messages", "Goes through {server}, because this address has no gateway of its own")
        return translate("messages", "Goes through {server}, because this address is hosted there")
    if any(step.rule is Rule.POLICY_ALLOWS and step.detail for step in route.steps):
        return translate(
            "messages",
            "Goes through {server}, because this address has its own gateway and your organisation allows it",
        )
    return translate("messages", "Goes through {server}, because this address has its own gateway")


def explain_step(step: Step) -> str:
    """Return the sentence for one rule that was looked at."""
    template = _step_held(step) if step.held else _step_not_held(step)
    is_moment = step.rule is Rule.POLICY_FRESH
    is_target = step.rule in {Rule.POLICY_ALLOWS, Rule.GATEWAY_NOT_REQUIRED, Rule.MAIL_ENABLED}
    detail = step.detail
    if detail and is_moment:
        detail = date_and_time(datetime.fromisoformat(detail))
    if detail and is_target:
        detail = name_of_target(detail)
    return filled(template, {"detail": detail})


def _step_held(step: Step) -> str:
    match step.rule:
        case Rule.IN_PROFILE:
            return translate("messages", "{detail} is one of your addresses.")
        case Rule.VERIFIED:
            return translate("messages", "The address is confirmed.")
        case Rule.MAIL_ENABLED:
            return translate("messages", "Mail is switched on, as set for {detail}.")
        case Rule.NO_GATEWAY:
            return translate("messages", "It has no gateway of its own, so its mail goes through {detail}.")
        case Rule.EXTERNAL:
            return translate("messages", "It is an outside address ({detail}).")
        case Rule.GATEWAY_NOT_REQUIRED:
            return translate("messages", "Outside addresses need no gateway of their own.")
        case Rule.POLICY_KNOWN:
            return _known(step)
        case Rule.POLICY_FRESH:
            return _fresh(step)
        case Rule.POLICY_ALLOWS:
            return _allows(step)
        case _:
            assert_never(step.rule)


def _known(step: Step) -> str:
    if step.detail:
        return translate("messages", "The policy is known, from {detail}.")
    return translate("messages", "You stated that no organisation owns your address.")


def _fresh(step: Step) -> str:
    if step.detail:
        return translate("messages", "The policy was confirmed on {detail}.")
    return translate("messages", "Your own statement does not become out of date.")


def _allows(step: Step) -> str:
    if step.detail:
        return translate("messages", "It allows own SMTP servers, as set for {detail}.")
    return translate("messages", "Own SMTP servers are your own choice.")


def _step_not_held(step: Step) -> str:
    match step.rule:
        case Rule.IN_PROFILE:
            return translate("messages", "{detail} is not one of your addresses.")
        case Rule.VERIFIED:
            return translate("messages", "The address is not confirmed yet.")
        case Rule.MAIL_ENABLED:
            return translate("messages", "Mail is switched off, as set for {detail}.")
        case Rule.NO_GATEWAY:
            return translate("messages", "It has its own gateway, {detail}.")
        case Rule.EXTERNAL:
            return translate("messages", "It is an internal address ({detail}).")
        case Rule.GATEWAY_NOT_REQUIRED:
            return translate("messages", "Outside addresses need their own gateway, as set for {detail}.")
        case Rule.POLICY_KNOWN:
            return translate("messages", "Your organisation's policy is not known.")
        case Rule.POLICY_FRESH:
            return translate("messages", "The policy was last confirmed on {detail}, too long ago.")
        case Rule.POLICY_ALLOWS:
            return _does_not_allow(step)
        case _:
            assert_never(step.rule)


def _does_not_allow(step: Step) -> str:
    if step.detail:
        return translate("messages", "It does not allow own SMTP servers, as set for {detail}.")
    return translate("messages", "It does not allow own SMTP servers; that is the default.")


def name_of_target(target: str) -> str:
    """Return what people call the unit or group a policy is set for."""
    if target == "/":
        return translate("messages", "/ (whole organisation)")
    if target == ADMINS:
        return translate("messages", "All administrators")
    return harmless(target, 120)


def security_name(security: Security) -> str:
    """Return Gmail's label for a kind of protection."""
    match security:
        case Security.STARTTLS:
            return translate("messages", "Secured connection using TLS")
        case Security.SSL:
            return translate("messages", "Secured connection using SSL")
        case Security.NONE:
            return translate("messages", "Unsecured connection")
        case _:
            assert_never(security)


def security_line(server: SmtpServer) -> str:
    """Return Gmail's line for a server's port and protection."""
    match server.security:
        case Security.STARTTLS:
            line = translate("messages", "Secured connection on port {port} using TLS")
        case Security.SSL:
            line = translate("messages", "Secured connection on port {port} using SSL")
        case Security.NONE:
            line = translate("messages", "Unsecured connection on port {port}")
        case _:
            assert_never(server.security)
    return line.format(port=server.port)


def security_short(security: Security) -> str:
    """Return a kind of protection in one word."""
    match security:
        case Security.STARTTLS:
            return translate("messages", "TLS")
        case Security.SSL:
            return translate("messages", "SSL")
        case Security.NONE:
            return translate("messages", "unsecured")
        case _:
            assert_never(security)


def sent_through_line(gateway: SmtpServer | None, organisation: str) -> str:
    """Return Gmail's line for whose server an address goes through."""
    if gateway is not None:
        return filled(translate("messages", "Mail is sent through: {host}"), {"host": gateway.host})
    if organisation:
        return filled(translate("messages", "Mail is sent through {name}"), {"name": organisation})
    return translate("messages", "Mail is sent through your main server")


def on_behalf_line(view: RecipientView) -> str:
    """Return the sender as a program shows it that knows `Sender:`, such as Outlook."""
    if view.sender is None:
        address = view.address.display
        return f"{harmless(view.name)} <{address}>" if view.name else address
    return filled(
        translate("messages", "{sender} on behalf of {address}"),
        {"sender": view.sender.display, "address": view.address.display},
    )


def via_line(view: RecipientView) -> str:
    """Return what Gmail adds to the sender's name; empty for nothing."""
    return filled(translate("messages", "via {domain}"), {"domain": view.via_domain}) if view.via_domain else ""
