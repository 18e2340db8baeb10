"""What can go wrong, as closed reasons; `ui.messages` has the sentence for each.

- ExpectedError            the world failed: shown as a sentence, never as a traceback
  - AddressError           the text is not an email address
  - PolicyError            no usable policy document
  - ExportError            the organisation's policy could not be exported
  - ProfileError           a change of the profile that its rules do not allow
  - MessageError           a draft that cannot become a message
  - SetupError             an address, code or server was not accepted
  - KeychainError          the system's keychain did not give or take a secret
  - SignInError            no access token could be had from an authorization server
  - StorageError           the data folder or database cannot be used
  - DeliveryError          an outbox operation the message's state does not allow

Anything else that is raised is a bug and goes to the crash window.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Self

__all__ = [
    "AddressError",
    "DeliveryError",
    "ExpectedError",
    "ExportError",
    "KeychainError",
    "MessageError",
    "PolicyError",
    "Problem",
    "ProfileError",
    "Reason",
    "SetupError",
    "SignInError",
    "StorageError",
]

_NO_FACTS: Mapping[str, str] = MappingProxyType({})


class Reason(StrEnum):
    """Every cause the program can name. The comment lists the facts a `Problem` of it carries."""

    # Addresses. All carry `text` (what was typed).
    ADDRESS_EMPTY = "address-empty"
    ADDRESS_NO_AT = "address-no-at"
    ADDRESS_NO_LOCAL = "address-no-local"
    ADDRESS_NO_DOMAIN = "address-no-domain"
    ADDRESS_SPACE = "address-space"
    ADDRESS_CONTROL = "address-control"  # line breaks and other control characters
    ADDRESS_LOCAL_TOO_LONG = "address-local-too-long"  # length
    ADDRESS_TOO_LONG = "address-too-long"  # length
    ADDRESS_BAD_LOCAL = "address-bad-local"
    ADDRESS_BAD_DOMAIN = "address-bad-domain"  # domain
    ADDRESS_LITERAL = "address-literal"  # an IP address in brackets
    NAME_CONTROL = "name-control"  # line breaks, bidi or other control characters in a display name
    NAME_ENCODED_WORD = "name-encoded-word"  # a name containing "=?"
    NAME_TOO_LONG = "name-too-long"  # length

    # The policy document and where it comes from. `source` is the URL or file.
    POLICY_NO_SOURCE = "policy-no-source"
    POLICY_BAD_SOURCE = "policy-bad-source"  # source: not https, not a file
    POLICY_UNREACHABLE = "policy-unreachable"  # host
    POLICY_TIMEOUT = "policy-timeout"  # host
    POLICY_TLS = "policy-tls"  # host, detail
    POLICY_HTTP_STATUS = "policy-http-status"  # host, status
    POLICY_NOT_FOUND = "policy-not-found"  # source (404, or no such file)
    POLICY_REDIRECT = "policy-redirect"  # host, target
    POLICY_TOO_LARGE = "policy-too-large"  # source
    POLICY_HTML = "policy-html"  # host: a sign-in page of the network, perhaps
    POLICY_NOT_JSON = "policy-not-json"  # source, detail
    POLICY_BAD_DOCUMENT = "policy-bad-document"  # source, detail (with its path)
    POLICY_BAD_FORMAT = "policy-bad-format"  # format
    POLICY_OTHER_USER = "policy-other-user"  # expected, found
    POLICY_ROLLBACK = "policy-rollback"  # serial, newest
    POLICY_SAME_SERIAL = "policy-same-serial"  # serial: same serial, other content
    POLICY_EXPIRED = "policy-expired"  # expires_at (ISO 8601)
    POLICY_UNREADABLE = "policy-unreadable"  # source, detail
    POLICY_CA_UNREADABLE = "policy-ca-unreadable"  # file
    POLICY_UNSIGNED = "policy-unsigned"  # source: a key is pinned, and the document has no signature
    POLICY_BAD_SIGNATURE = "policy-bad-signature"  # source, detail
    POLICY_OTHER_KEY = "policy-other-key"  # source, key (its id): signed with a key that is not pinned
    POLICY_CHANGED_HERE = "policy-changed-here"  # source: the copy in the database is not what was fetched
    POLICY_SET_BACK = "policy-set-back"  # source, serial, newest: the copy is older than what the keychain knows of
    POLICY_BAD_KEY = "policy-bad-key"  # key: no public key as the program writes them
    POLICY_TOO_MANY_KEYS = "policy-too-many-keys"  # limit
    MANAGED_UNREADABLE = "managed-unreadable"  # file, detail
    MANAGED_WRONG = "managed-wrong"  # file, detail (with its path)
    MANAGED_LOCKED = "managed-locked"  # file: the administrator set it, so it cannot be chosen
    POLICY_KEY_UNREADABLE = "policy-key-unreadable"  # file, detail

    # The organisation's directory, which is the administrator's. `file` is where it is.
    DIRECTORY_WRONG = "directory-wrong"  # file, detail (with its path)

    # Exporting it. `what` is a method of Google's API, `reply` what Google said.
    EXPORT_INPUT_WRONG = "export-input-wrong"  # file, detail (with its path or line)
    ORGANISATION_WRONG = "organisation-wrong"  # file, detail (with its path)
    CREDENTIALS_WRONG = "credentials-wrong"  # file, detail
    GOOGLE_UNREACHABLE = "google-unreachable"  # host
    GOOGLE_TIMEOUT = "google-timeout"  # host
    GOOGLE_TLS = "google-tls"  # host, detail
    GOOGLE_SIGN_IN = "google-sign-in"  # address, reply
    GOOGLE_NOT_ADMIN = "google-not-admin"  # address: no super administrator, who would be told only part of it
    GOOGLE_REFUSED = "google-refused"  # what, status, reply
    GOOGLE_QUOTA = "google-quota"  # what, reply
    GOOGLE_STATUS = "google-status"  # what, status, reply
    GOOGLE_ANSWER = "google-answer"  # what, detail: it is not what the API's reference says
    GOOGLE_ENDLESS = "google-endless"  # what: its pages have no end
    PUBLISH_FOLDER = "publish-folder"  # folder, detail
    PUBLISH_BUSY = "publish-busy"  # folder: another export writes to it
    PUBLISH_MANY_GONE = "publish-many-gone"  # folder, count, total
    PUBLISH_SECRET = "publish-secret"  # file, folder: the file is for the administrator alone  # noqa: S105
    PUBLISH_TOO_LARGE = "publish-too-large"  # address: the document would be refused when it is fetched

    # An invented person in the administrator's preview.
    PREVIEW_OTHER_DOMAIN = "preview-other-domain"  # address, domain: not one of the organisation's
    PREVIEW_UNKNOWN_UNIT = "preview-unknown-unit"  # unit
    PREVIEW_UNKNOWN_GROUP = "preview-unknown-group"  # group

    # Routing: why there is no route. All carry `address`.
    ROUTE_UNKNOWN_ADDRESS = "route-unknown-address"
    ROUTE_UNVERIFIED = "route-unverified"
    ROUTE_INTERNAL_GATEWAY = "route-internal-gateway"  # domain
    ROUTE_GATEWAY_REQUIRED = "route-gateway-required"
    ROUTE_MAIL_DISABLED = "route-mail-disabled"  # organisation, decided_by
    ROUTE_FORBIDDEN = "route-forbidden"  # host
    ROUTE_POLICY_STALE = "route-policy-stale"  # host, checked_at (ISO 8601)
    ROUTE_POLICY_UNKNOWN = "route-policy-unknown"  # host
    ROUTE_CHANGED = "route-changed"  # host (now), queued_host: its bytes were made for another route

    # The profile.
    PROFILE_MISSING = "profile-missing"
    PROFILE_EXISTS = "profile-exists"  # address (primary)
    PROFILE_DUPLICATE = "profile-duplicate"  # address
    PROFILE_PRIMARY_FIXED = "profile-primary-fixed"  # address: cannot be deleted
    PROFILE_NOT_VERIFIED = "profile-not-verified"  # address: cannot be the default yet
    PROFILE_UNKNOWN_ADDRESS = "profile-unknown-address"  # address
    PROFILE_TOO_MANY = "profile-too-many"  # limit
    PROFILE_IN_USE = "profile-in-use"  # address, count: messages in the outbox use it

    # A draft that cannot become a message.
    MESSAGE_NO_RECIPIENT = "message-no-recipient"
    MESSAGE_TOO_MANY_RECIPIENTS = "message-too-many-recipients"  # count, limit
    MESSAGE_UNFINISHED_RECIPIENT = "message-unfinished-recipient"  # text: typed, and no address yet
    MESSAGE_ADDRESS_NOT_ASCII = "message-address-not-ascii"  # address: its local part needs SMTPUTF8
    MESSAGE_BAD_HEADER = "message-bad-header"  # field
    MESSAGE_ATTACHMENT_MISSING = "message-attachment-missing"  # name
    MESSAGE_ATTACHMENT_FOLDER = "message-attachment-folder"  # name
    MESSAGE_ATTACHMENT_UNREADABLE = "message-attachment-unreadable"  # name, detail
    MESSAGE_ATTACHMENT_CHANGED = "message-attachment-changed"  # name: changed while it was read
    MESSAGE_GATE = "message-gate"  # detail: the last gate refused the bytes
    MESSAGE_UNREADABLE = "message-unreadable"  # detail: standard input is no message, a link no mailto
    MESSAGE_TOO_LARGE = "message-too-large"  # size, limit (octets), host

    # Setting up an address.
    SETUP_FORBIDDEN = "setup-forbidden"  # address, domain: the policy forbids an own server
    SETUP_BAD_HOST = "setup-bad-host"  # host
    SETUP_BAD_PORT = "setup-bad-port"  # port
    SETUP_PLAINTEXT = "setup-plaintext"  # host: "none" only on loopback
    SETUP_NO_USERNAME = "setup-no-username"
    SETUP_NO_PASSWORD = "setup-no-password"  # noqa: S105
    SETUP_NO_SIGN_IN = "setup-no-sign-in"  # host: the sign-in with the browser was not done yet
    SETUP_NOT_IN_BROWSER = "setup-not-in-browser"  # username, host: the sign-in there is another one
    SETUP_BAD_CLIENT_ID = "setup-bad-client-id"  # of the person's own OAuth client, as the next three
    SETUP_BAD_TENANT = "setup-bad-tenant"
    SETUP_BAD_ENDPOINT = "setup-bad-endpoint"
    SETUP_BAD_SCOPE = "setup-bad-scope"
    SETUP_PASSWORD_UNREADABLE = "setup-password-unreadable"  # noqa: S105
    SETUP_CODE_WRONG = "setup-code-wrong"  # one text for wrong, expired, used, void
    SETUP_CODE_LIMIT = "setup-code-limit"  # minutes: resend at most 3 an hour
    SETUP_ALREADY_VERIFIED = "setup-already-verified"  # address
    SETUP_COMMAND_FAILED = "setup-command-failed"  # program, detail
    SETUP_COMMAND_TIMEOUT = "setup-command-timeout"  # program, seconds
    SETUP_COMMAND_EMPTY = "setup-command-empty"  # program
    PREVIEW_ONLY = "preview-only"  # in the policy preview nothing is sent and no server is asked

    # A mail server, in a connection test or a delivery. All carry `host`; `reply` is the server's words.
    SERVER_NOT_FOUND = "server-not-found"
    SERVER_OFFLINE = "server-offline"
    SERVER_LOOKUP_FAILED = "server-lookup-failed"  # its name could not be looked up, though there is a network
    SERVER_UNREACHABLE = "server-unreachable"  # no way leads there, though there is a network
    SERVER_REFUSED = "server-refused"  # port
    SERVER_TIMEOUT = "server-timeout"  # port, stage
    SERVER_NOT_SMTP = "server-not-smtp"  # port
    SERVER_WRONG_SECURITY = "server-wrong-security"  # port: TLS spoken to a plain port or the reverse
    SERVER_NO_SERVICE = "server-no-service"  # reply: 5yz at the greeting or to EHLO
    SERVER_NO_STARTTLS = "server-no-starttls"
    SERVER_TLS_FAILED = "server-tls-failed"  # detail
    SERVER_TLS_TOO_OLD = "server-tls-too-old"  # TLS 1.1 at most
    SERVER_CERT_EXPIRED = "server-cert-expired"  # as the next six, if readable: names, issuer, begins_at, expires_at
    SERVER_CERT_NOT_YET_VALID = "server-cert-not-yet-valid"
    SERVER_CERT_WRONG_HOST = "server-cert-wrong-host"
    SERVER_CERT_SELF_SIGNED = "server-cert-self-signed"
    SERVER_CERT_UNKNOWN_CA = "server-cert-unknown-ca"
    SERVER_CERT_WEAK = "server-cert-weak"
    SERVER_CERT_TOO_LONG = "server-cert-too-long"  # the chain, or one of its certificates
    SERVER_NO_AUTH = "server-no-auth"  # no sign-in offered
    SERVER_NO_MECHANISM = "server-no-mechanism"  # offered
    SERVER_NO_OAUTH = "server-no-oauth"  # offered: it takes no token
    SERVER_AUTH_REJECTED = "server-auth-rejected"  # username, reply
    SERVER_AUTH_APP_PASSWORD = "server-auth-app-password"  # username, reply  # noqa: S105
    SERVER_TOKEN_REJECTED = "server-token-rejected"  # username, reply: after a sign-in with the browser  # noqa: S105
    SERVER_AUTH_NO_PASSWORDS = "server-auth-no-passwords"  # username, reply: it takes tokens only
    SERVER_AUTH_SWITCHED_OFF = "server-auth-switched-off"  # username, reply: by an administrator
    SERVER_AUTH_TEMPORARY = "server-auth-temporary"  # reply
    SERVER_SENDER_REJECTED = "server-sender-rejected"  # address, reply
    SERVER_RECIPIENT_REJECTED = "server-recipient-rejected"  # recipients, waiting, refusals, reply
    SERVER_TOO_MANY_RECIPIENTS = "server-too-many-recipients"  # taken, count, refusals, reply
    SERVER_SIZE_REJECTED = "server-size-rejected"  # size, limit (if stated), reply
    SERVER_MESSAGE_REJECTED = "server-message-rejected"  # reply
    SERVER_BUSY = "server-busy"  # reply: 4yz
    SERVER_RECIPIENT_LATER = "server-recipient-later"  # waiting, recipients, refusals, reply: 4yz of these alone
    SERVER_NO_SMTPUTF8 = "server-no-smtputf8"  # address
    SERVER_PROTOCOL = "server-protocol"  # detail: the replies make no sense
    SERVER_CONNECTION_LOST = "server-connection-lost"  # stage
    SERVER_UNCERTAIN = "server-uncertain"  # the connection was lost after the end of the message
    CRASH_UNCERTAIN = "crash-uncertain"  # the program ended between the end of the message and the reply

    # The keychain.
    KEYCHAIN_MISSING = "keychain-missing"
    KEYCHAIN_LOCKED = "keychain-locked"
    KEYCHAIN_REFUSED = "keychain-refused"  # detail
    KEYCHAIN_TIMEOUT = "keychain-timeout"
    KEYCHAIN_BROKEN = "keychain-broken"  # it ended, or the way to it did, while it was asked
    KEYCHAIN_INSECURE = "keychain-insecure"  # backend
    KEYCHAIN_NO_PASSWORD = "keychain-no-password"  # username, host  # noqa: S105

    # Signing in with the browser. `host` is the authorization server's; `reply` its words.
    SIGN_IN_NEEDED = "sign-in-needed"  # username, host (the mail server's), name (who is asked)
    SIGN_IN_NO_CLIENT = "sign-in-no-client"  # host (the mail server's): nobody is set up to be asked
    SIGN_IN_LOCKED = "sign-in-locked"  # file: the administrator set the clients, so the person adds none
    SIGN_IN_ENDED = "sign-in-ended"  # host, reply, username, mail_host: withdrawn, expired, or the password was changed
    SIGN_IN_CLIENT_REFUSED = "sign-in-client-refused"  # host, reply: this program is not registered as it says
    SIGN_IN_DECLINED = "sign-in-declined"  # host, reply: the person or an administrator said no
    SIGN_IN_FAILED = "sign-in-failed"  # host, reply: the authorization server's other errors
    SIGN_IN_NOT_LASTING = "sign-in-not-lasting"  # host: it holds for an hour, and cannot be renewed
    SIGN_IN_ABANDONED = "sign-in-abandoned"  # host, minutes: nobody came back from the browser
    SIGN_IN_NO_WAY_BACK = "sign-in-no-way-back"  # host: no port of this machine is free for the browser's answer
    SIGN_IN_UNREACHABLE = "sign-in-unreachable"  # host
    SIGN_IN_TIMEOUT = "sign-in-timeout"  # host
    SIGN_IN_TLS = "sign-in-tls"  # host, detail
    SIGN_IN_STATUS = "sign-in-status"  # host, status, reply, and wait: for how many seconds nobody is to ask again
    SIGN_IN_ANSWER = "sign-in-answer"  # host, detail
    SIGN_IN_CA_UNREADABLE = "sign-in-ca-unreadable"  # file

    # The data folder.
    STORAGE_FULL = "storage-full"  # folder
    STORAGE_READ_ONLY = "storage-read-only"  # folder
    STORAGE_CORRUPT = "storage-corrupt"  # file
    STORAGE_NEWER = "storage-newer"  # file, version, known
    STORAGE_BUSY = "storage-busy"  # file
    STORAGE_FAILED = "storage-failed"  # file, detail
    STORAGE_UNSAFE = "storage-unsafe"  # file: a link, a FIFO, or another user's
    INSTANCE_RUNNING = "instance-running"  # folder
    EXPORT_EXISTS = "export-exists"  # file
    EXPORT_PARTIAL = "export-partial"  # saved, lost, folder: damage took some messages
    EXPORT_FAILED = "export-failed"  # file, detail: a message could not be saved as a file of its own

    # Mail for a certain time. All carry `wanted_at` (ISO 8601).
    SCHEDULE_MISSED = "schedule-missed"
    SCHEDULE_CLOCK_SET = "schedule-clock-set"  # its time came because the clock was set forward

    # The outbox.
    OUTBOX_UNKNOWN = "outbox-unknown"  # id
    OUTBOX_WRONG_STATE = "outbox-wrong-state"  # id, state, wanted
    OUTBOX_NO_OTHERS = "outbox-no-others"  # id: nobody was refused, or everybody
    OUTBOX_NO_DRAFT = "outbox-no-draft"  # id: it came finished, from another program
    CANCELLED_BY_USER = "cancelled-by-user"


@dataclass(frozen=True, slots=True)
class Problem:
    """A reason with the data its sentence needs. Facts are foreign text and never secret."""

    reason: Reason
    facts: Mapping[str, str] = field(default_factory=lambda: _NO_FACTS)

    @classmethod
    def of(cls, reason: Reason, **facts: object) -> Problem:
        """Return a problem with `facts` as text."""
        return cls(reason, MappingProxyType({key: str(value) for key, value in facts.items()}))

    def fact(self, name: str) -> str:
        """Return the fact called `name`, or an empty text."""
        return self.facts.get(name, "")


class ExpectedError(Exception):
    """The world failed in a way the program knows; `problem` says how."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.reason.value)
        self.problem = problem

    @classmethod
    def because(cls, reason: Reason, **facts: object) -> Self:
        """Return an error of this class for `reason` with `facts`."""
        return cls(Problem.of(reason, **facts))


class AddressError(ExpectedError):
    """The text is not an email address, or a display name cannot be used."""


class PolicyError(ExpectedError):
    """No usable policy document."""


class ExportError(ExpectedError):
    """The organisation's policy could not be exported."""


class ProfileError(ExpectedError):
    """The profile's rules do not allow this change."""


class MessageError(ExpectedError):
    """The draft cannot become a message."""


class SetupError(ExpectedError):
    """An address, a code or a server was not accepted."""


class KeychainError(ExpectedError):
    """The system's keychain did not give or take a secret."""


class SignInError(ExpectedError):
    """No access token could be had from an authorization server."""


class StorageError(ExpectedError):
    """The data folder or the database cannot be used."""


class DeliveryError(ExpectedError):
    """The outbox does not allow this for a message in its state."""
