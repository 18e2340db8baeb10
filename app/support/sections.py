"""The texts of a bundle: each part of the material in lines of `label: value`, foreign values masked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import PurePath
from typing import Any, assert_never
from urllib.parse import urlsplit

import msgspec

from app.address import Address, has_hidden_characters
from app.delivery.journal import Attempt
from app.delivery.queued import QueuedMessage
from app.errors import Problem
from app.oauth_client import OAuthClient
from app.policy.document import PolicyDocument
from app.policy.evaluate import EXTERNAL_FROM_SETTING, GATEWAY_SETTING, Effective
from app.policy.managed import Managed
from app.profile import CommandSignIn, NoSignIn, OAuthSignIn, PasswordSignIn, Profile, SendAsAddress, SmtpServer
from app.routing import Refusal, Step, choose_route
from app.support.masking import Masking
from app.support.material import Material

__all__ = [
    "facts_text",
    "journal_text",
    "log_text",
    "managed_text",
    "outbox_text",
    "policy_document",
    "policy_text",
    "profile_text",
    "routes_text",
    "storage_text",
]

_LONGEST = 500
_DIALOGUE_LINES = 200
_RECIPIENTS = 20
_FACTS = frozenset(
    {"address", "backend", "begins_at", "checked_at", "count", "decided_by", "detail", "domain", "expected"}
    | {"expires_at", "found", "host", "id", "issuer", "known", "length", "limit", "minutes", "names", "newest"}
    | {"offered", "port", "queued_host", "recipients", "refusals", "reply", "seconds", "serial", "size", "source"}
    | {"stage", "state", "status", "taken", "target", "username", "version", "waiting", "wanted"}
)
"""The facts of a problem that are told: none that holds what was typed or the name of an attached file."""
_SETTINGS = frozenset({GATEWAY_SETTING, EXTERNAL_FROM_SETTING})


def facts_text(parts: Mapping[str, Mapping[str, str]]) -> str:
    """Return facts in the program's own words, by headings."""
    return _joined(
        [heading, *(f"  {name}: {_line(value)}" for name, value in facts.items())] for heading, facts in parts.items()
    )


def profile_text(profile: Profile | None, mask: Masking) -> str:
    """Return the addresses and servers; no signature, and of a command only its program."""
    if profile is None:
        return "There is no profile, or it cannot be read.\n"
    head = [
        f"policy source: {_text(profile.policy_source, mask) or 'own statement: no organisation'}",
        f"policy authorities: {_file(profile.policy_ca, mask)}",
        f"policy keys: {' '.join(profile.policy_keys) or 'none'}",
        f"mail authorities: {_file(profile.mail_ca, mask)}",
        *(_client(client, mask) for client in profile.oauth_clients),
        f"reply from: {profile.reply_from}",
        f"undo: {profile.undo_seconds} s",
        f"created: {_moment(profile.created_at)}",
        f"organisation server: {_server(profile.organisation_server, mask)}",
    ]
    return _joined([head, *(_entry(entry, mask) for entry in profile.addresses)])


def managed_text(managed: Managed | None, mask: Masking) -> str:
    """Return what an administrator set for this machine."""
    if managed is None:
        return "\nNothing is set by an administrator, or it cannot be read.\n"
    clients = managed.oauth_clients
    lines = [
        "set by an administrator:",
        f"  policy source: {_text(managed.policy_source, mask)}",
        f"  policy authorities: {_file(managed.policy_ca, mask)}",
        f"  policy keys: {' '.join(managed.policy_keys) or 'none'}",
        f"  mail authorities: {_file(managed.mail_ca, mask)}",
        f"  OAuth clients: {'left to the person' if clients is None else len(clients)}",
        *(f"  {_client(client, mask)}" for client in clients or ()),
    ]
    return "\n" + _joined([lines])


def _client(client: OAuthClient, mask: Masking) -> str:
    """Return whom a client asks for what; neither its identifier nor its secret."""
    hosts = ", ".join(_line(mask.host(host)) for host in client.hosts)
    issuer = _line(mask.host(urlsplit(client.token_endpoint).hostname or ""))
    secret = ", a client secret is set" if client.client_secret else ""
    return f"OAuth client: for {hosts}, tokens from {issuer}{secret}"


def _entry(entry: SendAsAddress, mask: Masking) -> list[str]:
    marks = [word for word, on in (("primary", entry.is_primary), ("default", entry.is_default)) if on]
    return [
        f"address: {_address(entry.address, mask)}",
        f"  name: {_line(mask.name('name', entry.display_name)) or '-'}",
        f"  marks: {', '.join(marks) or '-'}",
        f"  verification: {entry.verification}",
        f"  treated as alias: {_yes(entry.treat_as_alias)}",
        f"  reply to: {_address(entry.reply_to, mask)}",
        f"  signature: {len(entry.signature)} characters",
        f"  gateway: {_server(entry.smtp_msa, mask) if entry.smtp_msa else '-'}",
    ]


def _server(server: SmtpServer, mask: Masking) -> str:
    place = f"{_line(mask.host(server.host))}:{server.port} ({server.security})"
    return f"{place} as {_user(server.username, mask)}, {_sign_in(server)}"


def _sign_in(server: SmtpServer) -> str:
    match server.sign_in:
        case PasswordSignIn():
            return "password in the keychain, which was not asked"
        case CommandSignIn(argv=argv):
            # A command line may hold the secret itself.
            program = PurePath(argv[0]).name[:40] if argv else ""
            return f"command {_line(program) or '-'} ({max(0, len(argv) - 1)} argument(s) left out)"
        case NoSignIn():
            return "no sign-in"
        case OAuthSignIn():
            return "sign-in with the browser, kept in the keychain, which was not asked"
        case _:
            assert_never(server.sign_in)


def policy_text(found: Material, mask: Masking) -> str:
    """Return how the policy stands by the last good copy, where it is from, and who decided."""
    policy, stored = found.policy, found.stored
    lines = [
        f"state: {policy.state}",
        f"own SMTP servers allowed: {_yes(policy.allows_gateways)}",
        f"outside addresses need their own: {_yes(policy.requires_gateway)}",
        f"from: {_text(policy.origin, mask) or '-'}",
        f"last confirmed: {_moment(policy.checked_at)}",
        f"the same since: {_moment(policy.since)}",
        *_problem(policy.problem, mask),
    ]
    if stored is not None:
        lines += [f"kept copy: {len(stored.data)} octets, serial {stored.serial}, ETag: {_yes(bool(stored.etag))}"]
    lines += _effective("own SMTP servers", policy.gateways, mask)
    lines += _effective("outside addresses", policy.external_from, mask)
    return _joined([lines])


def _effective(what: str, effective: Effective, mask: Masking) -> list[str]:
    decided = f"{_text(effective.decided_by.target, mask)}" if effective.decided_by else "the default"
    looked_at = [
        f"  {_text(each.policy.name, mask)} for {_text(each.target, mask)}: {each.outcome}, "
        f"sort order {each.policy.policy_query.sort_order}, value {_text(json.dumps(each.value, default=str), mask)}"
        for each in effective.considered
    ]
    return [f"{what}: {_yes(effective.value)}, decided by {decided}", *looked_at]


def policy_document(document: PolicyDocument, mask: Masking) -> str:
    """Return the fields of the document that the program reads, as JSON; other settings' policies are only counted."""
    kept = [policy for policy in document.policies if policy.setting.type in _SETTINGS]
    content: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(document, policies=tuple(kept)))
    organisation = content["organisation"]
    organisation["name"] = mask.name("organisation", organisation["name"])
    content["names"] = {_text(key, mask): mask.name("unit", name) for key, name in content["names"].items()}
    for part in ("organisation", "subject", "names", "mailServers", "policies"):
        content[part] = _masked(content[part], mask)
    content["otherPolicies"] = len(document.policies) - len(kept)
    return json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n"


def _masked(value: object, mask: Masking) -> object:
    if isinstance(value, str):
        return _text(value, mask)
    if isinstance(value, dict):
        return {key: _masked(each, mask) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(each, mask) for each in value]
    return value


def routes_text(found: Material, mask: Masking) -> str:
    """Return the route of each address with the rules that led there, or why there is none."""
    profile = found.profile
    if profile is None:
        return "There is no profile, so there are no routes.\n"
    blocks = []
    for entry in profile.addresses:
        chosen = choose_route(entry.address, profile, found.policy)
        head = [f"address: {_address(entry.address, mask)}"]
        if isinstance(chosen, Refusal):
            head += ["  no route", *_indented(_problem(chosen.problem, mask))]
        else:
            head += [
                f"  via: {chosen.via}, {_server(chosen.server, mask)}",
                f"  envelope sender: {_address(chosen.envelope_from, mask)}",
                f"  Sender field: {_address(chosen.sender_header, mask)}",
            ]
        blocks.append([*head, *_steps(chosen.steps, mask)])
    return _joined(blocks)


def _steps(steps: Iterable[Step], mask: Masking) -> list[str]:
    return [
        f"  {'holds' if step.held else 'does not hold'}: {step.rule} ({_text(step.detail, mask)})" for step in steps
    ]


def outbox_text(found: Material, mask: Masking) -> str:
    """Return the messages' states with their reasons: no subject, no text, no names."""
    totals = [f"{state}: {count}" for state, count in found.states.items()] or ["no messages"]
    messages = found.messages
    if _are_names_unknown(found, mask):
        messages = [replace(each, problem=None, reply="") for each in messages]
    shown = len(messages)
    if shown < sum(found.states.values()):
        totals.append(f"the newest {shown} follow")
    return _joined([totals, *(_message(each, mask) for each in messages)])


def _message(message: QueuedMessage, mask: Masking) -> list[str]:
    recipients = ", ".join(_address(each, mask) for each in message.recipients[:_RECIPIENTS])
    return [
        f"message: {message.id}",
        f"  state: {message.state}",
        *_indented(_problem(message.problem, mask)),
        f"  server said: {_text(message.reply, mask) or '-'}",
        f"  queue id: {_text(message.queue_id, mask) or '-'}",
        f"  from: {_address(message.sender, mask)}",
        f"  to: {recipients} ({len(message.recipients)} in all)",
        f"  Message-ID: {_text(message.message_id, mask)}",
        f"  size: {message.size} octets",
        f"  via: {message.via}, {_line(mask.host(message.host))}",
        f"  attempts: {message.attempts}, trying since {_moment(message.trying_since)}",
        f"  handed over: {_moment(message.handed_over_at)}",
        f"  due: {_moment(message.due)}",
    ]


def journal_text(found: Material, mask: Masking) -> str:
    """Return each attempt with its dialogue, which was written down without secrets and message text.

    A server may have repeated a subject, or a person's name: where what is to be left out, or masked, cannot be
    read, nothing that was said is told.
    """
    attempts = found.attempts
    if found.subjects is None or _are_names_unknown(found, mask):
        attempts = [replace(each, dialogue=(), problem=None) for each in attempts]
    return _joined(_attempt(each, mask) for each in attempts) or "There was no attempt.\n"


def _are_names_unknown(found: Material, mask: Masking) -> bool:
    """Whether there is nothing to know people's names by, which are to be masked."""
    return mask.on and found.profile is None


def _attempt(attempt: Attempt, mask: Masking) -> list[str]:
    said = attempt.dialogue[:_DIALOGUE_LINES]
    return [
        f"message: {_line(attempt.message_id)}",
        f"  from {_moment(attempt.started_at)} to {_moment(attempt.ended_at)}",
        f"  server: {_line(mask.host(attempt.host)) or '-'}:{attempt.port} {_line(attempt.tls_version)}".rstrip(),
        f"  ended: {attempt.verdict}",
        *_indented(_problem(attempt.problem, mask)),
        *_steps(attempt.steps, mask),
        *(f"  {line.direction} {_text(line.text, mask)}" for line in said),
        *([f"  … {len(attempt.dialogue) - len(said)} more lines"] if len(said) < len(attempt.dialogue) else []),
    ]


def storage_text(found: Material) -> str:
    """Return the state of the data folder and its database, and what could not be read."""
    database = [f"schema version: {found.schema if found.schema is not None else 'not known'}", f"check: {found.check}"]
    rows = [f"{table}: {count} row(s)" for table, count in found.counts.items()]
    return _joined(
        [found.files, database + rows, ["could not be read:", *(f"  {each}" for each in found.notes or ["-"])]]
    )


def log_text(lines: Iterable[str], mask: Masking) -> str:
    """Return the end of the program's log."""
    return "\n".join(_text(line, mask) for line in lines) + "\n"


def _problem(problem: Problem | None, mask: Masking) -> list[str]:
    if problem is None:
        return ["reason: -"]
    told = {name: text for name, text in problem.facts.items() if name in _FACTS}
    if problem.reason.startswith("message-"):
        told.pop("detail", None)  # what is wrong with a message may be told in the message's words
    return [f"reason: {problem.reason}", *(f"  {name}: {_text(text, mask)}" for name, text in told.items())]


def _text(text: str, mask: Masking) -> str:
    return _line(mask.clean(text[: 2 * _LONGEST]))


def _address(address: Address | None, mask: Masking) -> str:
    return "-" if address is None else _text(str(address), mask)


def _user(username: str, mask: Masking) -> str:
    if "@" in username:
        return _text(username, mask)
    return _line(mask.name("user", username)) or "-"


def _file(path: str, mask: Masking) -> str:
    return _line(mask.path(path)) or "-"


def _line(text: str) -> str:
    """Return foreign text as one line that commands no terminal."""
    shown = "".join("\ufffd" if has_hidden_characters(char) else char for char in text[: _LONGEST + 1])
    return shown if len(shown) <= _LONGEST else shown[:_LONGEST] + "…"


def _moment(moment: datetime | None) -> str:
    return "-" if moment is None else moment.isoformat(timespec="seconds")


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def _joined(blocks: Iterable[Iterable[str]]) -> str:
    return "".join("\n".join(block) + "\n\n" for block in blocks).removesuffix("\n")
