"""`absender policy` and `absender route`: what the organisation allows, and the decision with its steps."""

from __future__ import annotations

import argparse

from app.address import Address
from app.cli.output import Output, cell
from app.policy.evaluate import Policy
from app.routing import Refusal, choose_route
from app.services import Services, open_services
from app.storage.folder import DataFolder

__all__ = ["policy_data", "run_policy", "run_route"]


async def run_policy(arguments: argparse.Namespace, folder: DataFolder, out: Output) -> int:
    """Show the policy, after fetching it when asked; a failed fetch is exit code 1, and what is known is shown.

    What concerns files alone is done without the data folder.
    """
    if arguments.action in {"check", "sign", "keygen", "schema", "export"}:
        return await _run_on_files(arguments, out)
    async with open_services(folder) as services:
        services.the_profile  # noqa: B018 - says at once that set-up is missing
        policy = services.policy
        if arguments.action == "refresh" and services.watch is not None:
            policy = await services.watch.refresh()
        text, data = _shown(services, policy)
        code = out.result(text, data)
        if services.managed_problem is not None:
            return out.problem(services.managed_problem)
        if arguments.action == "refresh" and policy.problem is not None:
            return out.problem(policy.problem)
        return code


async def _run_on_files(arguments: argparse.Namespace, out: Output) -> int:
    if arguments.action == "export":
        from app.cli.policy_export import run_export

        return await run_export(arguments, out)
    from app.cli.policy_files import run_check, run_keygen, run_schema, run_sign

    actions = {"check": run_check, "sign": run_sign, "keygen": run_keygen, "schema": run_schema}
    return await actions[arguments.action](arguments, out)


async def run_route(arguments: argparse.Namespace, folder: DataFolder, out: Output) -> int:
    """Print the decision for an address; a refusal is exit code 1 with its reason."""
    async with open_services(folder) as services:
        profile = services.the_profile
        address = Address.parse(arguments.address)
        policy = await services.checked_policy()
        chosen = choose_route(address, profile, policy)
        steps = [{"rule": step.rule.value, "held": step.held, "detail": step.detail} for step in chosen.steps]
        data: dict[str, object] = {"address": str(address)}
        if isinstance(chosen, Refusal):
            entry = profile.find(address)
            server = entry.smtp_msa if entry else None
            data |= {
                "verdict": "refusal",
                "via": "gateway" if server else "organisation",
                "host": server.host if server else None,
                "port": server.port if server else None,
                "security": server.security.value if server else None,
                "username": server.username if server else None,
                "envelope_from": None,
                "sender_header": None,
                "reason": chosen.problem.reason.value,
            }
        else:
            data |= {
                "verdict": "route",
                "via": chosen.via.value,
                "host": chosen.server.host,
                "port": chosen.server.port,
                "security": chosen.server.security.value,
                "username": chosen.server.username,
                "envelope_from": str(chosen.envelope_from),
                "sender_header": str(chosen.sender_header) if chosen.sender_header else None,
                "reason": chosen.steps[-1].rule.value,
            }
        data |= {"steps": steps, "policy": policy_data(policy)}
        code = out.result(_route_text(data, [out.front.explain_step(step) for step in chosen.steps]), data)
        return out.problem(chosen.problem) if isinstance(chosen, Refusal) else code


def policy_data(policy: Policy) -> dict[str, object]:
    """Return the policy's standing as the fields that scripts read."""
    decided_by = policy.gateways.decided_by
    return {
        "state": policy.state.value,
        "allows_gateways": policy.allows_gateways,
        "serial": policy.document.serial if policy.document else None,
        "checked_at": policy.checked_at.isoformat() if policy.checked_at else None,
        "decided_by": decided_by.target if decided_by else None,
    }


def _shown(services: Services, policy: Policy) -> tuple[str, dict[str, object]]:
    """Return the policy's standing as text and as fields, with how much is known of where it comes from."""
    watch = services.watch
    signed_with = str(watch.signed_with) if watch is not None and watch.signed_with else None
    keychain = watch.serials_problem.reason.value if watch is not None and watch.serials_problem else None
    managed = services.managed.file if services.managed is not None else None
    data = policy_data(policy)
    lines = [
        f"organisation\t{cell(policy.organisation or '-')}",
        f"own SMTP servers\t{'allowed' if policy.allows_gateways else 'not allowed'}",
        f"state\t{data['state']}",
        f"decided by\t{cell(data['decided_by'] or 'the default')}",
        f"serial\t{data['serial'] if data['serial'] is not None else '-'}",
        f"checked\t{data['checked_at'] or 'never'}",
        f"from\t{policy.origin or '-'}",
        f"signature\t{f'checked with {signed_with}' if signed_with else 'not checked: no key was given'}",
    ]
    lines += _other_settings(policy)
    if managed is not None:
        lines.append(f"managed\t{cell(managed)}")
    if keychain is not None:
        lines.append(f"highest serial\tin the database alone: {keychain}")
    more = {"origin": policy.origin, "signed_with": signed_with, "keychain": keychain, "managed": managed}
    others = {
        "mail_enabled": policy.mail.value,
        "names_editable": policy.names.value,
        "requires_gateway": policy.requires_gateway,
    }
    return "\n".join(lines), data | more | others


def _other_settings(policy: Policy) -> list[str]:
    """Return a line for each other setting that restricts, with whom it is set for."""
    told = (
        ("mail", policy.mail, False, "switched off"),
        ("outside addresses", policy.external_from, True, "only with an own SMTP server"),
        ("name of the main address", policy.names, False, "cannot be changed"),
    )
    return [
        f"{what}\t{how}, as set for {cell(effective.decided_by.target)}"
        for what, effective, restricts, how in told
        if effective.value is restricts and effective.decided_by is not None
    ]


def _route_text(data: dict[str, object], steps: list[str]) -> str:
    if data["verdict"] == "route":
        head = (
            f"{data['address']} goes through {data['host']}:{data['port']} ({data['security']}) as {data['username']}"
        )
    else:
        head = f"{data['address']} has no route"
    return "\n".join([head, *(f"  {number}. {step}" for number, step in enumerate(steps, 1))])
