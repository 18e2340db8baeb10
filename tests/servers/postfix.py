"""A real Postfix with Dovecot's sign-in on loopback: required TLS, one login, and it may not send as anybody else.

Every message it accepts is delivered into one maildir, so that a test reads exactly what a recipient would get.
Its login may also come with an access token, a JWT that Dovecot looks through itself (RFC 7519).
Needs root, `postfix` and `dovecot-core`; touches nothing of the system's own Postfix.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import secrets
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from app.profile import PasswordSignIn, Security, SmtpServer
from tests.servers.process import free_port, start, stop, wait_until

if TYPE_CHECKING:
    import trustme

__all__ = ["Delivered", "Postfix"]

_DAEMONS = Path("/usr/lib/postfix/sbin")
_QUEUE_FOLDERS = (
    "active",
    "bounce",
    "corrupt",
    "defer",
    "deferred",
    "flush",
    "hold",
    "incoming",
    "private",
    "saved",
    "trace",
)
_ATTEMPTS = 3

_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
mail_owner = postfix
setgid_group = postdrop
myhostname = smtp.{domain}
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
biff = no
maillog_file_prefixes = {folder}
maillog_file = {folder}/maillog
smtpd_tls_chain_files = {folder}/server.pem
smtpd_tls_auth_only = yes
smtpd_tls_received_header = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {folder}/sasl/auth
smtpd_sasl_authenticated_header = yes
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_sender_login_maps = inline:{{ {owners} }}
smtpd_sender_restrictions = reject_authenticated_sender_login_mismatch
smtpd_recipient_restrictions = {recipient_rules}permit
smtpd_error_sleep_time = 0
smtpd_client_connection_count_limit = 0
smtputf8_enable = yes
message_size_limit = {size_limit}
virtual_mailbox_domains = static:all
virtual_mailbox_maps = static:inbox/
virtual_mailbox_base = {folder}/mail
virtual_mailbox_limit = 0
virtual_minimum_uid = 1
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_transport = virtual
"""

_MASTER = """\
postlog   unix-dgram n - n - 1 postlogd
127.0.0.1:{starttls} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt
127.0.0.1:{implicit} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
proxymap  unix - - n - - proxymap
error     unix - - n - - error
retry     unix - - n - - error
virtual   unix - n n - - virtual
anvil     unix - - n - 1 anvil
tlsmgr    unix - - n 1000? 1 tlsmgr
"""

_DOVECOT = """\
base_dir = {folder}/sasl/run
log_path = {folder}/sasl/log
protocols =
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login oauthbearer xoauth2
auth_failure_delay = 0
default_login_user = dovenull
default_internal_user = dovecot
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = scheme=PLAIN {folder}/sasl/users
}}
passdb {{
  driver = oauth2
  mechanisms = oauthbearer xoauth2
  args = {folder}/sasl/oauth2
}}
userdb {{
  driver = static
  args = uid=65534 gid=65534 home=/nonexistent
}}
service auth {{
  unix_listener {folder}/sasl/auth {{
    mode = 0666
  }}
}}
# Without the penalty for wrong passwords, which would slow the next test down.
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""

_OAUTH2 = """\
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={folder}/sasl/keys/
username_attribute = sub
scope = smtp
"""


@dataclass(frozen=True, slots=True)
class Delivered:
    """One copy of a message as it lies in the recipient's mailbox, the server's own headers on top."""

    data: bytes

    @property
    def message(self) -> EmailMessage:
        """The message, parsed."""
        return message_from_bytes(self.data, policy=policy.default)

    @property
    def envelope_from(self) -> str:
        """The envelope sender: `Return-Path:` without its brackets (RFC 5321 section 4.4)."""
        return str(self.message["Return-Path"]).strip("<>")

    @property
    def recipient(self) -> str:
        """The envelope recipient of this copy."""
        return str(self.message["X-Original-To"])

    @property
    def received(self) -> str:
        """The server's `Received:`: TLS version, and who signed in."""
        return str(self.message["Received"])


class Postfix:
    """One Postfix on two ports, as a context manager: required STARTTLS, and TLS from the start."""

    def __init__(
        self,
        *,
        domain: str,
        username: str,
        senders: Iterable[str],
        authority: trustme.CA,
        refused_recipients: Iterable[str] = (),
        size_limit: int = 40 * 1024 * 1024,
    ) -> None:
        self.domain = domain
        self.username = username
        self.password = secrets.token_urlsafe(12)
        self._key = secrets.token_bytes(32)
        self._senders = tuple(senders)
        self._refused = tuple(refused_recipients)
        self._size_limit = size_limit
        self._certificate = authority.issue_cert("localhost", "127.0.0.1")
        self._folder = Path()
        self._ports: dict[Security, int] = {}
        self._running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        # Not under pytest's folder: Postfix' own user must be able to get here, and socket paths are short.
        self._folder = Path(tempfile.mkdtemp(prefix="postfix-", dir="/tmp"))
        try:
            self._write_files()
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def access(self, security: Security = Security.STARTTLS) -> SmtpServer:
        """Return how a mail program reaches this server; the password apart."""
        return SmtpServer("localhost", self._ports[security], security, self.username, PasswordSignIn())

    def token(self, *, seconds: float = 3600, scope: str = "smtp", more: str = "") -> str:
        """Return an access token of the login that ends in so many seconds; `more` only makes it longer."""
        now = time.time()
        claims = {"sub": self.username, "scope": scope, "iat": int(now) - 7200, "exp": int(now + seconds), "more": more}
        signed = ".".join(_base64url(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
        return f"{signed}.{_base64url(hmac.digest(self._key, signed.encode(), 'sha256'))}"

    def delivered(self) -> list[Delivered]:
        """Return the copies that were delivered and not forgotten, oldest first."""
        files = sorted((self._folder / "mail" / "inbox" / "new").glob("*"), key=lambda file: file.stat().st_mtime_ns)
        return [Delivered(file.read_bytes()) for file in files]

    def wait_for(self, subject: str, *, seconds: float = 15.0) -> Delivered:
        """Return the first copy of the message with this subject, waiting for its delivery."""
        found: list[Delivered] = []

        def has_come() -> bool:
            found.extend(each for each in self.delivered() if each.message["Subject"] == subject)
            return bool(found)

        wait_until(has_come, f"the delivery of {subject!r}", seconds=seconds)
        return found[0]

    def forget(self) -> None:
        """Empty the mailbox."""
        for file in (self._folder / "mail" / "inbox" / "new").glob("*"):
            file.unlink()

    def log(self) -> str:
        """Return what Postfix logged, to tell why something failed."""
        file = self._folder / "maillog"
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""

    def pause(self) -> None:
        """Stop taking connections, as a server that is down."""
        stop(self._running.pop())
        # Its children hold the ports a moment longer.
        wait_until(lambda: not self._listens(), "the end of Postfix")

    def resume(self) -> None:
        """Take connections again on the same ports."""
        self._start_master()

    def _write_files(self) -> None:
        folder = self._folder
        folder.chmod(0o755)
        for name in ("conf", "data", "mail", "queue", "sasl"):
            (folder / name).mkdir()
        shutil.chown(folder / "data", "postfix")
        shutil.chown(folder / "mail", "nobody")
        _make_queue(folder / "queue")
        certificate = folder / "server.pem"
        certificate.touch(mode=0o600)
        certificate.write_bytes(self._certificate.private_key_and_cert_chain_pem.bytes())
        refused = " ".join(f"{{ {address} = REJECT no such mailbox }}" for address in self._refused)
        main = _MAIN.format(
            folder=folder,
            domain=self.domain,
            owners=" ".join(f"{{ {sender} = {self.username} }}" for sender in self._senders),
            recipient_rules=f"check_recipient_access inline:{{ {refused} }}, " if refused else "",
            size_limit=self._size_limit,
        )
        _write_settled(folder / "conf" / "main.cf", main)
        (folder / "sasl" / "dovecot.conf").write_text(_DOVECOT.format(folder=folder), encoding="utf-8")
        (folder / "sasl" / "oauth2").write_text(_OAUTH2.format(folder=folder), encoding="utf-8")
        key = folder / "sasl" / "keys" / "default" / "HS256" / "default"  # <azp>/<alg>/<kid>, doc.dovecot.org
        key.parent.mkdir(parents=True)
        key.write_bytes(base64.b64encode(self._key))
        users = folder / "sasl" / "users"
        users.touch(mode=0o600)
        shutil.chown(users, "dovecot")
        users.write_text(f"{self.username}:{self.password}\n", encoding="utf-8")

    def _start(self) -> None:
        sasl = self._folder / "sasl"
        self._running.append(start(["/usr/sbin/dovecot", "-F", "-c", sasl / "dovecot.conf"], log=sasl / "output"))
        wait_until(lambda: (sasl / "auth").is_socket(), "Dovecot's start")
        for attempt in range(_ATTEMPTS):
            # Another program may take a free port before Postfix does.
            self._ports = {Security.STARTTLS: free_port(), Security.SSL: free_port()}
            ports = {"starttls": self._ports[Security.STARTTLS], "implicit": self._ports[Security.SSL]}
            _write_settled(self._folder / "conf" / "master.cf", _MASTER.format(**ports))
            try:
                self._start_master()
            except (TimeoutError, OSError) as error:
                if attempt == _ATTEMPTS - 1:
                    raise RuntimeError(f"Postfix did not start:\n{self.log()}") from error
                stop(self._running.pop())
            else:
                return

    def _start_master(self) -> None:
        command = [str(_DAEMONS / "master"), "-d", "-c", str(self._folder / "conf")]
        master = start(
            command, env={**os.environ, "MAIL_CONFIG": str(self._folder / "conf")}, log=self._folder / "output"
        )
        self._running.append(master)
        wait_until(lambda: master.poll() is not None or self._greets(), "Postfix' greeting")
        if master.poll() is not None:
            raise OSError(f"master ended with {master.returncode}")

    def _greets(self) -> bool:
        try:
            with smtplib.SMTP("127.0.0.1", self._ports[Security.STARTTLS], timeout=5) as connection:
                return connection.noop()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self._ports[Security.STARTTLS]), timeout=5).close()
        except OSError:
            return False
        return True

    def _stop(self) -> None:
        while self._running:
            # Dovecot takes its time to end, and there is nothing to be saved.
            stop(self._running.pop(), seconds=0.1)
        shutil.rmtree(self._folder, ignore_errors=True)


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _write_settled(file: Path, text: str) -> None:
    """Write a configuration with an older date: Postfix waits until one has not changed for two seconds."""
    file.write_text(text, encoding="utf-8")
    long_ago = file.stat().st_mtime - 3600
    os.utime(file, (long_ago, long_ago))


def _make_queue(queue: Path) -> None:
    """Make the queue's folders as `postfix check` does, which takes seconds."""
    (queue / "pid").mkdir(mode=0o755)
    for name in _QUEUE_FOLDERS:
        (queue / name).mkdir(mode=0o700)
        shutil.chown(queue / name, "postfix")
    for name, mode in (("maildrop", 0o730), ("public", 0o710)):
        (queue / name).mkdir()
        (queue / name).chmod(mode)
        shutil.chown(queue / name, "postfix", "postdrop")
