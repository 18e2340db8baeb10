"""`absender policy check|sign|keygen|schema`: what publishing documents takes; no data folder is opened."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from pathlib import Path

from app.address import Address
from app.authorities import trust_file
from app.cli.output import Output, cell
from app.errors import PolicyError, Problem, Reason, SignInError, StorageError
from app.oauth_client import OAuthClient
from app.ordinary_file import read_ordinary
from app.policy.document import PolicyDocument, parse
from app.policy.evaluate import gateways_allowed
from app.policy.managed import load_managed, managed_file
from app.policy.published import managed_schema, schema
from app.policy.signature import KEY_MAX_BYTES, Opened, is_signed, new_private_key, open_document, pinned_keys, sign
from app.services import now
from app.storage.eml_file import EmlFile

__all__ = ["run_check", "run_keygen", "run_schema", "run_sign"]


async def run_check(arguments: argparse.Namespace, out: Output) -> int:
    """Say what is in a document's file, or exactly what is wrong with it; an expired one is exit code 1, too."""
    if arguments.managed:
        return await _check_managed(_absolute(arguments.file) if arguments.file else managed_file(), out)
    if arguments.file is None:
        arguments.refuse("the following arguments are required: FILE")
    file = _absolute(arguments.file)
    keys = pinned_keys(arguments.policy_key)
    expected = Address.parse(arguments.email) if arguments.email else None
    opened = open_document(await _read(file), keys, source=str(file))
    document = parse(opened.payload, source=str(file), expected=expected)
    code = out.result(_checked_text(document, opened), _checked_data(document, opened))
    if document.expires_at <= now():
        expires_at = document.expires_at.isoformat()
        return out.problem(Problem.of(Reason.POLICY_EXPIRED, source=str(file), expires_at=expires_at))
    return code


async def _check_managed(file: Path, out: Output) -> int:
    """Say what an administrator's settings are, read as a start would read them."""
    managed = await asyncio.to_thread(load_managed, file)
    if managed is None:
        raise PolicyError.because(Reason.MANAGED_UNREADABLE, file=file, detail="there is no such file")
    for ca_file in filter(None, (managed.policy_ca, managed.mail_ca)):
        if not await asyncio.to_thread(_has_certificates, ca_file):
            raise PolicyError.because(Reason.POLICY_CA_UNREADABLE, file=ca_file)
    clients = managed.oauth_clients
    for client in clients or ():
        if client.ca_file and not await asyncio.to_thread(_has_certificates, client.ca_file):
            raise SignInError.because(Reason.SIGN_IN_CA_UNREADABLE, file=client.ca_file)
    lines = [
        f"policy\t{cell(managed.policy_source)}",
        f"keys\t{' '.join(managed.policy_keys) or 'none: documents need no signature'}",
        f"policy authorities\t{cell(managed.policy_ca or 'left to the person')}",
        f"mail authorities\t{cell(managed.mail_ca or 'left to the person')}",
        f"sign-in with the browser\t{_who_may_sign_in(clients)}",
        *(line for client in clients or () for line in _client_lines(client)),
    ]
    data = {
        "policy": managed.policy_source,
        "keys": list(managed.policy_keys),
        "policy_ca": managed.policy_ca,
        "mail_ca": managed.mail_ca,
        "oauth_clients": None if clients is None else [_client_data(client) for client in clients],
    }
    return out.result("\n".join(lines), data)


def _who_may_sign_in(clients: tuple[OAuthClient, ...] | None) -> str:
    if clients is None:
        return "left to the person"
    return "with these clients only" if clients else "nobody"


def _client_data(client: OAuthClient) -> dict[str, object]:
    """Return a client as fields; whether there is a client secret, but never which."""
    return {
        "name": client.name,
        "client_id": client.client_id,
        "client_secret": bool(client.client_secret),
        "hosts": list(client.hosts),
        "authorization_endpoint": client.authorization_endpoint,
        "token_endpoint": client.token_endpoint,
        "scopes": list(client.scopes),
        "redirect_uri": client.redirect_uri,
        "issuer": client.issuer,
        "ca_file": client.ca_file,
    }


def _client_lines(client: OAuthClient) -> list[str]:
    return [
        f"client\t{cell(client.name)}",
        f"  client id\t{cell(client.client_id)}",
        f"  client secret\t{'a client secret is set' if client.client_secret else 'none'}",
        f"  for\t{cell(' '.join(client.hosts))}",
        f"  sign-in at\t{cell(client.authorization_endpoint)}",
        f"  tokens from\t{cell(client.token_endpoint)}",
        f"  scopes\t{cell(' '.join(client.scopes))}",
        f"  back to\t{client.redirect_uri}, any port",
        f"  issuer\t{cell(client.issuer or 'not compared')}",
        f"  authorities\t{cell(client.ca_file or 'those of the system')}",
    ]


def _has_certificates(file: str) -> bool:
    import ssl

    try:
        trust_file(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), file)
    except OSError:
        return False
    return True


async def run_sign(arguments: argparse.Namespace, out: Output) -> int:
    """Sign a document that has no mistakes; print it, or write it to a file in one step."""
    file, key_file = _absolute(arguments.file), _absolute(arguments.key)
    data = await _read(file)
    if is_signed(data):
        raise PolicyError.because(Reason.POLICY_NOT_JSON, source=str(file), detail="it is signed already")
    document = parse(data, source=str(file))
    private_key = await asyncio.to_thread(_read_key, key_file)
    signed, key = sign(data, private_key, source=str(file), file=str(key_file))
    text = signed.decode()
    about = {"serial": document.serial, "key": str(key)}
    if arguments.out is None:
        return out.result(text, {**about, "signed": text})
    target = _absolute(arguments.out)
    await asyncio.to_thread(_write_beside, key_file, target, signed + b"\n")
    return out.result(cell(target), {**about, "file": str(target)})


async def run_keygen(arguments: argparse.Namespace, out: Output) -> int:
    """Write a new private key to a file that is not there yet, and print the public key to hand out."""
    file = _absolute(arguments.file)
    pem, key = await asyncio.to_thread(new_private_key)
    await asyncio.to_thread(_write, file, pem, public=False)
    return out.result(str(key), {"file": str(file), "key": str(key), "key_id": key.id})


async def run_schema(arguments: argparse.Namespace, out: Output) -> int:
    """Print the JSON Schema of documents, or of managed.toml."""
    text = (managed_schema() if arguments.managed else schema()).decode().rstrip()
    return out.result(text, json.loads(text))


def _checked_data(document: PolicyDocument, opened: Opened) -> dict[str, object]:
    return {
        "organisation": document.organisation.name,
        "email": document.subject.email,
        "serial": document.serial,
        "issued_at": document.issued_at.isoformat(),
        "expires_at": document.expires_at.isoformat(),
        "allows_gateways": gateways_allowed(document).value,
        "signed": opened.signed,
        "signed_with": str(opened.key) if opened.key else None,
    }


def _checked_text(document: PolicyDocument, opened: Opened) -> str:
    if opened.key is not None:
        signature = f"right, made with {opened.key}"
    else:
        signature = "not checked: no key was given" if opened.signed else "none"
    data = _checked_data(document, opened)
    lines = [
        f"organisation\t{cell(data['organisation'])}",
        f"for\t{cell(data['email'])}",
        f"serial\t{data['serial']}",
        f"issued\t{data['issued_at']}",
        f"expires\t{data['expires_at']}",
        f"own SMTP servers\t{'allowed' if data['allows_gateways'] else 'not allowed'}",
        f"signature\t{signature}",
    ]
    return "\n".join(lines)


async def _read(file: Path) -> bytes:
    from app.policy.source import Fetched, FilePolicySource

    answer = await FilePolicySource(file).fetch("")
    assert isinstance(answer, Fetched)  # a file is never "not modified"
    return answer.data


def _read_key(file: Path) -> bytes:
    try:
        return read_ordinary(file, KEY_MAX_BYTES)
    except OSError as error:
        detail = error.strerror or type(error).__name__
        raise PolicyError.because(Reason.POLICY_KEY_UNREADABLE, file=file, detail=detail) from error


def _write_beside(key_file: Path, file: Path, data: bytes) -> None:
    """Write a public file, but never over the key; raises StorageError."""
    if os.path.realpath(file) == os.path.realpath(key_file):
        raise StorageError.because(Reason.EXPORT_EXISTS, file=file)
    _write(file, data, public=True)


def _write(file: Path, data: bytes, *, public: bool) -> None:
    """Write a file whole or not at all: a public one in place of another, a private one never; raises StorageError."""
    with EmlFile(file, replace=public) as opened:
        opened.write(data)
    if public:
        file.chmod(0o644)  # a web server is to read it


def _absolute(file: Path) -> Path:
    return file.expanduser().absolute()
