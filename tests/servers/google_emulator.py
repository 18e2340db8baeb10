"""Google's token endpoint, Policy API and Directory API on this machine, as their references say.

Shapes of answers, paging and errors: googleapis.com/discovery (cloudidentity v1, admin directory_v1), RFC 7523 for the
token endpoint. Requests that Google would refuse are refused: a token that was not granted, a scope that is missing,
a page size beyond the limit, a page token of another list. `scripts` answer in place of the real thing, once each.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import secrets
import ssl
import sys
import time
from collections import defaultdict, deque
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

import trustme
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.servers.google_organisation import ADMIN, GoogleOrganisation, Json
from tests.servers.https import HttpsHandler, HttpsServer, Served

__all__ = ["SCOPE", "GoogleEmulator", "Reply", "error_body"]

SCOPE = "https://www.googleapis.com/auth/"
AUDIENCE = "https://oauth2.googleapis.com/token"
ACCOUNT = "absender-export@beispiel-projekt.iam.gserviceaccount.example"
POLICIES_SCOPE = f"{SCOPE}cloud-identity.policies.readonly"
DIRECTORY_SCOPES = {
    "users": f"{SCOPE}admin.directory.user.readonly",
    "orgunits": f"{SCOPE}admin.directory.orgunit.readonly",
    "groups": f"{SCOPE}admin.directory.group.readonly",
    "members": f"{SCOPE}admin.directory.group.member.readonly",
    "domains": f"{SCOPE}admin.directory.domain.readonly",
}
UNAUTHORISED = (
    "Client is unauthorized to retrieve access tokens using this method, "
    "or client not authorized for any of the scopes requested."
)

Script = Callable[["_Handler"], None]


class _RefusedError(Exception):
    """A request that Google answers with an error."""

    def __init__(self, status: int, message: str, name: str, reason: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = error_body(status, message, name, reason)


def error_body(status: int, message: str, name: str, reason: str) -> bytes:
    """Return an error as both APIs write it: `status` is the newer form's name, `errors` the older form."""
    errors = [{"message": message, "domain": "global", "reason": reason}]
    return json.dumps({"error": {"code": status, "message": message, "errors": errors, "status": name}}).encode()


class Reply:
    """An answer that a test has written."""

    def __init__(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        self.status, self.body, self.headers = status, body, headers

    def __call__(self, handler: _Handler) -> None:
        handler.reply(self.status, self.body, **self.headers)

    @classmethod
    def error(cls, status: int, message: str, name: str = "", reason: str = "", **headers: str) -> Reply:
        """Return an error in Google's form."""
        return cls(status, error_body(status, message, name, reason), Content_Type="application/json", **headers)


class _Handler(HttpsHandler):
    always: ClassVar[dict[str, str]] = {"Content_Type": "application/json"}
    server: _Server

    def do_GET(self) -> None:  # noqa: N802 - named by the standard library
        self._answer(self._api)

    def do_POST(self) -> None:  # noqa: N802 - named by the standard library
        self._answer(self._token)

    def _answer(self, real: Callable[[GoogleEmulator, str, dict[str, str]], Json]) -> None:
        emulator = self.server.emulator
        parts = urlsplit(self.path)
        kind = emulator.kind_of(parts.path)
        length = int(self.headers.get("Content-Length") or 0)
        text = self.rfile.read(length).decode() if length else parts.query
        params = {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}
        emulator.seen.append((kind, params))
        if script := emulator.next_script(kind):
            script(self)
            return
        try:
            found = real(emulator, parts.path, params)
        except _RefusedError as error:
            self.reply(error.status, error.body)
        else:
            self.reply(200, json.dumps(found).encode(), ETag='"one"', Cache_Control="private")

    def _token(self, emulator: GoogleEmulator, path: str, params: dict[str, str]) -> Json:
        return emulator.grant(path, params)

    def _api(self, emulator: GoogleEmulator, path: str, params: dict[str, str]) -> Json:
        return emulator.api(path, params, self.headers.get("Authorization", ""))


class _Server(HttpsServer):
    def __init__(self, emulator: GoogleEmulator, context: ssl.SSLContext) -> None:
        self.emulator = emulator
        super().__init__(_Handler, context)


class GoogleEmulator(Served):
    """Google, as a context manager."""

    _LIMITS: ClassVar[dict[str, int]] = {"policies": 100, "users": 500, "groups": 200, "members": 200}

    def __init__(self, organisation: GoogleOrganisation, *, folder: Path) -> None:
        self.reset(organisation)
        self._tokens: dict[str, set[str]] = {}
        self._key = rsa.generate_private_key(
            public_exponent=65537, key_size=1024
        )  # quick to read; Google's have 2048 bits
        authority = trustme.CA()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        self._server = _Server(self, context)
        self.url = f"https://localhost:{self._server.server_address[1]}"
        self.ca_file = folder / "google-ca.pem"
        authority.cert_pem.write_to_path(str(self.ca_file))
        self.credentials = folder / "google-key.json"
        self.credentials.write_text(json.dumps(self.key_file()), encoding="utf-8")

    def reset(self, organisation: GoogleOrganisation) -> None:
        """Begin anew with another organisation, as if nobody had asked anything."""
        self.organisation = organisation
        self._scripts: dict[str, deque[Script]] = defaultdict(deque)
        self._always: dict[str, Script] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []
        """The kind and the parameters of every request."""
        self.granted = {POLICIES_SCOPE, *DIRECTORY_SCOPES.values()}
        """What scopes the organisation has delegated to the service account."""
        self.empty_every = 0
        """Every how many pages of policies one is empty and yet not the last."""
        self.token_seconds = 3600

    def key_file(self, **changes: str) -> Json:
        """Return the service account's key file as Google Cloud writes it."""
        pem = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        return {
            "type": "service_account",
            "project_id": "beispiel-projekt",
            "private_key_id": "0123456789abcdef",
            "private_key": pem,
            "client_email": ACCOUNT,
            "client_id": "100000000000000000001",
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": AUDIENCE,
            "universe_domain": "googleapis.com",
            **changes,
        }

    def script(self, kind: str, *answers: Script) -> None:
        """Answer the next requests of a kind so, one after the other."""
        self._scripts[kind].extend(answers)

    def always(self, kind: str, answer: Script) -> None:
        """Answer every request of a kind so."""
        self._always[kind] = answer

    def next_script(self, kind: str) -> Script | None:
        """Return what answers the next request of a kind; None for the real thing."""
        return self._scripts[kind].popleft() if self._scripts[kind] else self._always.get(kind)

    def asked(self, kind: str) -> list[dict[str, str]]:
        """Return the parameters of all requests of a kind."""
        return [params for name, params in self.seen if name == kind]

    @staticmethod
    def kind_of(path: str) -> str:
        """Return what a path asks for: `token`, `policies`, `users`, `group`, `groups`, `members`, ..."""
        parts = path.strip("/").split("/")
        return "group" if parts[-2:-1] == ["groups"] else parts[-1]

    def grant(self, path: str, params: dict[str, str]) -> Json:
        """Return an access token for a signed assertion (RFC 7523 section 2.1); raises _RefusedError."""
        if path != "/token" or params.get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer":
            raise _token_error(400, "unsupported_grant_type", "Invalid grant_type")
        claims = self._claims(params.get("assertion", ""))
        moment = time.time()
        if claims["iss"] != ACCOUNT or claims["aud"] != AUDIENCE:
            raise _token_error(400, "invalid_grant", "Invalid JWT: iss or aud")
        if not claims["iat"] - 60 <= moment < claims["exp"] <= claims["iat"] + 3600:
            raise _token_error(400, "invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes)")
        users = [user["primaryEmail"] for user in self.organisation.users]
        if claims.get("sub") not in users:
            raise _token_error(400, "invalid_grant", "Invalid email or User ID")
        scopes = set(str(claims["scope"]).split())
        if not scopes or not scopes <= self.granted:
            raise _token_error(401, "unauthorized_client", UNAUTHORISED)
        token = f"ya29.{secrets.token_urlsafe(40)}"
        self._tokens[token] = scopes
        return {"access_token": token, "expires_in": self.token_seconds, "token_type": "Bearer"}

    def revoke_tokens(self) -> None:
        """Let no token that was granted count any more."""
        self._tokens.clear()

    def api(self, path: str, params: dict[str, str], authorization: str) -> Json:
        """Return the answer of one of the two APIs; raises _RefusedError."""
        kind = self.kind_of(path)
        needed = POLICIES_SCOPE if kind == "policies" else DIRECTORY_SCOPES.get("groups" if kind == "group" else kind)
        scopes = self._tokens.get(authorization.removeprefix("Bearer "))
        if scopes is None:
            message = "Request had invalid authentication credentials. Expected OAuth 2 access token."
            raise _RefusedError(401, message, "UNAUTHENTICATED", "authError")
        if needed not in scopes:
            message = "Request had insufficient authentication scopes."
            raise _RefusedError(403, message, "PERMISSION_DENIED", "insufficientPermissions")
        if kind == "policies" and path == "/v1/policies":
            return self._policies(params)
        return self._directory(path, kind, params)

    def _claims(self, assertion: str) -> Json:
        try:
            head, payload, signature = assertion.split(".")
            header, claims = json.loads(_decoded(head)), json.loads(_decoded(payload))
            self._key.public_key().verify(
                _decoded(signature), f"{head}.{payload}".encode(), padding.PKCS1v15(), SHA256()
            )
        except Exception as error:
            raise _token_error(400, "invalid_grant", "Invalid JWT Signature.") from error
        assert header["alg"] == "RS256"
        return dict(claims)

    def _policies(self, params: dict[str, str]) -> Json:
        pattern = re.fullmatch(r"setting\.type\.matches\('(.*)'\)", params.get("filter", ""))
        if pattern is None:
            raise _RefusedError(400, "Invalid filter.", "INVALID_ARGUMENT", "badRequest")
        wanted = re.compile(pattern[1].replace("\\\\", "\\"))
        found = [policy for policy in self.organisation.policies if wanted.search(policy["setting"]["type"])]
        return self._page("policies", found, params, int(params.get("pageSize", "50")))

    def _directory(self, path: str, kind: str, params: dict[str, str]) -> Json:
        known, parts = self.organisation, path.strip("/").split("/")
        assert parts[:3] == ["admin", "directory", "v1"], path
        if parts[3] == "customer":
            assert parts[4] == "my_customer", path
            if kind == "domains":
                return {"kind": "admin#directory#domains", "domains": known.domains}
            units = known.units if params.get("type") == "allIncludingParent" else known.units[1:]
            listed = {"organizationUnits": units} if units else {}
            return {"kind": "admin#directory#orgUnits", "etag": '"x"', **listed}
        if kind == "group":
            return _part(self._group(unquote(parts[4])), params.get("fields", ""))
        if kind == "members":
            members = known.members.get(self._group(unquote(parts[4]))["id"], [])
            return self._page("members", members, params, int(params.get("maxResults", "200")))
        if params.get("customer") != "my_customer":
            raise _RefusedError(400, "Bad Request", "INVALID_ARGUMENT", "badRequest")
        listing = known.users if kind == "users" else known.groups
        return self._page(kind, listing, params, int(params.get("maxResults", "100")))

    def _group(self, key: str) -> Json:
        for group in self.organisation.groups:
            if key in {group["id"], group["email"]}:
                return group
        raise _RefusedError(404, "Resource Not Found: groupKey", "NOT_FOUND", "notFound")

    def _page(self, kind: str, listing: list[Json], params: dict[str, str], size: int) -> Json:
        if not 0 < size <= self._LIMITS[kind]:
            raise _RefusedError(400, "Invalid value for max results", "INVALID_ARGUMENT", "invalid")
        mark = json.dumps({name: value for name, value in params.items() if name != "pageToken"}, sort_keys=True)
        start, number = 0, 0
        if token := params.get("pageToken"):
            start, number, same = json.loads(_decoded(token))
            if same != mark:
                raise _RefusedError(400, "Invalid page token.", "INVALID_ARGUMENT", "invalid")
        is_empty = kind == "policies" and self.empty_every and number % self.empty_every == 0
        end = start if is_empty else start + size
        page: Json = {} if kind == "policies" else {"kind": f"admin#directory#{kind}", "etag": '"x"'}
        if listing[start:end]:
            page[kind] = listing[start:end]
        if end < len(listing):
            page["nextPageToken"] = base64.urlsafe_b64encode(json.dumps([end, number + 1, mark]).encode()).decode()
        return _part(page, params.get("fields", ""))


def _part(whole: Json, fields: str) -> Json:
    """Return the fields of an answer that were asked for: `nextPageToken,users(id,primaryEmail)`."""
    if not fields:
        return whole
    wanted = {name: inner.split(",") if inner else [] for name, inner in re.findall(r"(\w+)(?:\(([^)]*)\))?", fields)}
    found: Json = {}
    for name, value in whole.items():
        if name in wanted:
            inner = wanted[name]
            found[name] = [{key: item[key] for key in inner if key in item} for item in value] if inner else value
    return found


def _token_error(status: int, error: str, description: str) -> _RefusedError:
    refused = _RefusedError(status, description, "", "")
    refused.body = json.dumps({"error": error, "error_description": description}).encode()
    return refused


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def main() -> None:
    """Serve an organisation until standard input ends; print where, so that another process can be measured."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--units", type=int, default=300)
    arguments = parser.parse_args()
    organisation = GoogleOrganisation.of(arguments.people, units=arguments.units, groups=20)
    with GoogleEmulator(organisation, folder=arguments.folder) as google:
        told = {"url": google.url, "ca": str(google.ca_file), "key": str(google.credentials), "admin": ADMIN}
        print(json.dumps(told), flush=True)
        for line in sys.stdin:  # "PATH true": one unit's gateway box is ticked
            path, value = line.rsplit(" ", 1)
            organisation.tick(path, value=json.loads(value))
            print(json.dumps({"people": len(organisation.below(path))}), flush=True)


if __name__ == "__main__":
    main()
