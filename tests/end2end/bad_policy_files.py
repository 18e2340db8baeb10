"""The files an administrator hands to the program: of each kind a good one, and the command that reads it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trustme
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.errors import Reason
from tests.app.policy.documents import PARTNERS, ROOT, SALES, content, data, gateway_policy
from tests.app.policy.signers import ORG

__all__ = [
    "API",
    "CLIENTS",
    "CREDENTIALS",
    "DIRECTORY",
    "DOCUMENT",
    "GAM",
    "KINDS",
    "MANAGED",
    "ORGANISATION",
    "Kind",
    "good_files",
]

DOCUMENT: dict[str, Any] = content(gateway_policy(True, unit=SALES, group=PARTNERS, query="true"))
DIRECTORY: dict[str, Any] = {
    "format": "absender-directory/1",
    "organisation": DOCUMENT["organisation"],
    "mailServers": DOCUMENT["mailServers"],
    "units": [{"id": ROOT, "path": "/", "parent": ""}, {"id": SALES, "path": "/Vertrieb", "parent": ROOT}],
    "groups": [{"id": PARTNERS, "email": "partner@beispiel.example", "name": "Größere Partner"}],
    "policies": DOCUMENT["policies"],
    "users": [
        {
            "email": "nutzer@beispiel.example",
            "aliases": ["vertrieb@beispiel.example"],
            "orgUnit": SALES,
            "groups": [PARTNERS],
        }
    ],
}
API: dict[str, Any] = {
    "policies": DOCUMENT["policies"],
    "organizationUnits": [
        {
            "orgUnitId": "id:sales001",
            "orgUnitPath": "/Vertrieb",
            "parentOrgUnitId": "id:root0001",
            "parentOrgUnitPath": "/",
        }
    ],
    "groups": [{"id": "partner1", "email": "partner@beispiel.example", "name": "Größere Partner"}],
    "members": {"partner1": [{"id": "1", "email": "nutzer@beispiel.example", "type": "USER"}]},
    "domains": [
        {
            "domainName": "beispiel.example",
            "verified": True,
            "domainAliases": [{"domainAliasName": "muster.example", "verified": True}],
        }
    ],
    "users": [
        {
            "primaryEmail": "nutzer@beispiel.example",
            "id": "1",
            "aliases": ["vertrieb@beispiel.example"],
            "nonEditableAliases": ["nutzer@muster.example"],
            "orgUnitPath": "/Vertrieb",
            "isAdmin": False,
            "isDelegatedAdmin": False,
            "suspended": False,
            "archived": False,
        }
    ],
}
ORGANISATION: dict[str, Any] = {
    "organisation": DOCUMENT["organisation"],
    "mailServers": DOCUMENT["mailServers"],
    "policies": [],
}
_RSA = generate_private_key(65537, 1024).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
CREDENTIALS: dict[str, Any] = {
    "type": "service_account",
    "client_email": "export@projekt.example",
    "private_key": _RSA,
    "private_key_id": "1",
    "token_uri": "https://oauth2.googleapis.com/token",
    "universe_domain": "googleapis.com",
}
MANAGED = (
    'format = "absender-managed/1"\n[policy]\n'
    f'keys = ["{ORG.key}"]\nsource = "https://policy.beispiel.example/größe/{{email_sha256}}.json"\n'
)
CLIENTS = """\
[[oauth.clients]]
name = "Größe GmbH"
client_id = "absender"
authorization_endpoint = "https://sso.beispiel.example/authorize"
token_endpoint = "https://sso.beispiel.example/token"
scopes = ["smtp", "offline_access"]
hosts = ["smtp.größe.example"]
[[oauth.clients]]
provider = "microsoft"
client_id = "2"
"""
GAM = {
    "users.csv": "primaryEmail,orgUnitPath,suspended,aliases\n"
    'nutzer@beispiel.example,/Größe,False,"a@beispiel.example b@beispiel.example"\n',
    "policies.csv": "name,setting.type,setting.value.allowUsersToUseExternalSmtpServers,policyQuery.sortOrder\n"
    "policies/größe,settings/gmail.per_user_outbound_gateway,True,201.5\n",
    "orgs.csv": "orgUnitPath,orgUnitId,parentOrgUnitId,parentOrgUnitPath\n/Größe,id:sales001,id:root0001,/\n",
    "domains.csv": "domainName,verified\nbeispiel.example,True\n",
}


@dataclass(frozen=True)
class Kind:
    """A file, the command that reads it, and the reason for every content that is none."""

    file: str
    command: tuple[str, ...]
    """Words with `{}` are files of the same folder."""
    content: Reason
    """Why a content is refused."""
    place: Reason
    """Why a file that cannot be read is refused."""
    missing: Reason
    also: frozenset[Reason] = frozenset()
    """Other reasons for contents, where they say more."""
    works: bool = True
    """Whether the command does what it is for with the good file; it does not without Google."""

    @property
    def reasons(self) -> frozenset[Reason]:
        """All reasons for which a content may be refused."""
        return self.also | {self.content}

    def words(self, folder: Path) -> list[str]:
        """Return the command with its files in `folder`."""
        return [word.replace("{}", f"{folder}/") for word in self.command]


def _document(file: str, *command: str, also: frozenset[Reason] = frozenset()) -> Kind:
    more = frozenset({Reason.POLICY_HTML, Reason.POLICY_BAD_DOCUMENT, Reason.POLICY_TOO_LARGE})
    return Kind(
        file, command, Reason.POLICY_NOT_JSON, Reason.POLICY_UNREADABLE, Reason.POLICY_NOT_FOUND, also=more | also
    )


def _one(file: str, reason: Reason, *command: str, works: bool = True) -> Kind:
    return Kind(file, command, reason, reason, reason, works=works)


_EXPORT = ("policy", "export", "--out", "{}out", "--directory", "{}saved.json")
_GAM = (*_EXPORT, "--organisation", "{}org.toml", "--from", "gam", *(f"{{}}{file}" for file in GAM))
_API = ("--organisation", "{}org.json", "--from", "json", "{}api.json")
_SIGNED = frozenset({Reason.POLICY_UNSIGNED, Reason.POLICY_BAD_SIGNATURE})

KINDS: dict[str, Kind] = {
    "document": _document("policy.json", "policy", "check", "{}policy.json"),
    "document to sign": _document(
        "policy.json", "policy", "sign", "--key", "{}key.pem", "{}policy.json", "--out", "{}new.jws"
    ),
    "signed document": _document(
        "policy.jws", "policy", "check", "--policy-key", str(ORG.key), "{}policy.jws", also=_SIGNED
    ),
    "private key": _one(
        "key.pem", Reason.POLICY_KEY_UNREADABLE,
        "policy", "sign", "--key", "{}key.pem", "{}policy.json", "--out", "{}new.jws",
    ),
    "private key of an export": _one(
        "key.pem", Reason.POLICY_KEY_UNREADABLE, *_EXPORT, "--sign", "{}key.pem", "--from", "json", "{}directory.json"
    ),
    "managed configuration": Kind(
        "managed.toml", ("policy", "check", "--managed", "{}managed.toml"),
        Reason.MANAGED_WRONG, Reason.MANAGED_UNREADABLE, Reason.MANAGED_UNREADABLE,
        also=frozenset({Reason.MANAGED_UNREADABLE}),
    ),
    "managed clients": Kind(
        "clients.toml", ("policy", "check", "--managed", "{}clients.toml"),
        Reason.MANAGED_WRONG, Reason.MANAGED_UNREADABLE, Reason.MANAGED_UNREADABLE,
        also=frozenset({Reason.MANAGED_UNREADABLE}),
    ),
    "authorities of a client": _one(
        "sso.pem", Reason.SIGN_IN_CA_UNREADABLE, "policy", "check", "--managed", "{}client_with_ca.toml"
    ),
    "authorities": _one("ca.pem", Reason.POLICY_CA_UNREADABLE, "policy", "check", "--managed", "{}with_ca.toml"),
    "directory": Kind(
        "directory.json", (*_EXPORT, "--from", "json", "{}directory.json"),
        Reason.EXPORT_INPUT_WRONG, Reason.EXPORT_INPUT_WRONG, Reason.EXPORT_INPUT_WRONG,
        also=frozenset({Reason.DIRECTORY_WRONG}),
    ),
    "answers of the API": _one("api.json", Reason.EXPORT_INPUT_WRONG, *_EXPORT, *_API),
    "users from GAM": _one("users.csv", Reason.EXPORT_INPUT_WRONG, *_GAM),
    "policies from GAM": _one("policies.csv", Reason.EXPORT_INPUT_WRONG, *_GAM),
    "organisation in TOML": _one("org.toml", Reason.ORGANISATION_WRONG, *_GAM),
    "organisation in JSON": _one("org.json", Reason.ORGANISATION_WRONG, *_EXPORT, *_API),
    "credentials": _one(
        "credentials.json", Reason.CREDENTIALS_WRONG,
        *_EXPORT, "--from", "google", "--credentials", "{}credentials.json", "--admin", "admin@beispiel.example",
        "--organisation", "{}org.toml", works=False,
    ),
}  # fmt: skip


def good_files(folder: Path) -> None:
    """Write a good file of each kind."""
    server = DOCUMENT["mailServers"]["submission"]
    lines = [f'{name} = "{value}"' if isinstance(value, str) else f"{name} = {value}" for name, value in server.items()]
    whole: dict[str, str | bytes] = {
        "policy.json": data(gateway_policy(True)),
        "policy.jws": ORG.signs(data(gateway_policy(True))),
        "key.pem": ORG.pem,
        "managed.toml": MANAGED,
        "with_ca.toml": MANAGED + f'ca_file = "{folder}/ca.pem"\n',
        "clients.toml": MANAGED + CLIENTS,
        "client_with_ca.toml": MANAGED + CLIENTS.replace("hosts = [", f'ca_file = "{folder}/sso.pem"\nhosts = ['),
        "sso.pem": trustme.CA().cert_pem.bytes(),
        "ca.pem": trustme.CA().cert_pem.bytes(),
        "directory.json": _json(DIRECTORY),
        "api.json": _json(API),
        "org.json": _json(ORGANISATION),
        "org.toml": '[organisation]\nname = "Größe GmbH"\n[mailServers.submission]\n' + "\n".join([*lines, ""]),
        "credentials.json": _json(CREDENTIALS),
        **GAM,
    }
    for name, text in whole.items():
        (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
        (folder / name).chmod(0o644)


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
