"""The managed configuration: what an administrator sets for all users of a machine, and they cannot change.

Its place is fixed: an environment variable would let a user point the program elsewhere.
"""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from app.address import Address
from app.errors import PolicyError, Reason
from app.oauth_client import OAuthClient
from app.policy.managed_clients import OAuthTable, clients_of
from app.policy.signature import pinned_keys
from app.profile import Profile

__all__ = ["MANAGED_FORMAT", "Managed", "load_managed", "managed_file", "parse_managed"]

MANAGED_FORMAT = "absender-managed/1"
_LIMIT = 64 * 1024
_NAME = "managed.toml"
_ANYBODY = "name@example.com"


class _Struct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table in which a misspelt name is a mistake: it would otherwise lock nothing, and nobody would notice."""


class _PolicyTable(_Struct, frozen=True):
    source: str
    keys: tuple[str, ...] = ()
    ca_file: str = ""


class _MailTable(_Struct, frozen=True):
    ca_file: str = ""


class _File(_Struct, frozen=True):
    format: str
    policy: _PolicyTable
    mail: _MailTable = _MailTable()
    oauth: OAuthTable | msgspec.UnsetType = msgspec.UNSET


@dataclass(frozen=True, slots=True)
class Managed:
    """What the administrator set; what is empty is left to the person."""

    file: str
    """Where it is set, for people."""
    policy_source: str
    """A URL or file, with the same placeholders as at set-up."""
    policy_keys: tuple[str, ...] = ()
    policy_ca: str = ""
    mail_ca: str = ""
    oauth_clients: tuple[OAuthClient, ...] | None = None
    """The only ones; with an empty tuple nobody signs in with the browser. None where people may have their own."""

    def applied_to(self, profile: Profile) -> Profile:
        """Return the profile with what is set here in place of its own; what is left open stays."""
        return replace(
            profile,
            policy_source=self.policy_source,
            policy_keys=self.policy_keys or profile.policy_keys,
            policy_ca=self.policy_ca or profile.policy_ca,
            mail_ca=self.mail_ca or profile.mail_ca,
            oauth_clients=profile.oauth_clients if self.oauth_clients is None else self.oauth_clients,
        )


def managed_file() -> Path:
    """Return where the managed configuration is on this system, whether or not there is one."""
    if sys.platform == "win32":
        return _program_data() / "Absender" / _NAME
    if sys.platform == "darwin":
        return Path("/Library/Application Support/Absender") / _NAME
    return Path("/etc/absender") / _NAME


def load_managed(file: Path) -> Managed | None:
    """Return what is set in `file`, None where there is none; raises PolicyError (MANAGED_UNREADABLE, MANAGED_WRONG).

    A file that others than its owner may write is unreadable: anybody could have written it.
    """
    try:
        # Without O_NONBLOCK opening a FIFO would wait for its writer.
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as opened:
            mode = os.fstat(handle).st_mode
            if not stat.S_ISREG(mode):
                raise _unreadable(file, "it is not an ordinary file")
            if sys.platform != "win32" and mode & (stat.S_IWGRP | stat.S_IWOTH):
                raise _unreadable(file, "others than its owner may write it")
            data = opened.read(_LIMIT + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(file, error.strerror or type(error).__name__) from error
    if len(data) > _LIMIT:
        raise _unreadable(file, "it is too large")
    return parse_managed(data, file=str(file))


def parse_managed(data: bytes, *, file: str) -> Managed:
    """Return what is set in the text of a file; raises PolicyError (MANAGED_WRONG) with the path of what is wrong."""
    try:
        found = msgspec.toml.decode(data.removeprefix(b"\xef\xbb\xbf"), type=_File)
    except RecursionError as error:
        raise _wrong(file, "nested too deep") from error
    except (msgspec.MsgspecError, ValueError) as error:
        message, _, path = str(error).partition(" - at `$")
        detail = f"{path.rstrip('`').lstrip('.')}: {message}" if path else message
        raise _wrong(file, detail) from error
    if found.format != MANAGED_FORMAT:
        raise _wrong(file, f"format: Expected {MANAGED_FORMAT}")
    if not _is_source(found.policy.source.strip()):
        raise _wrong(file, "policy.source: Expected an https address or a file's full path")
    for path, ca_file in (("policy.ca_file", found.policy.ca_file), ("mail.ca_file", found.mail.ca_file)):
        if ca_file and not Path(ca_file).is_absolute():
            raise _wrong(file, f"{path}: Expected a file's full path")
    try:
        keys = tuple(str(key) for key in pinned_keys(found.policy.keys))
    except PolicyError as error:
        raise _wrong(file, "policy.keys: Expected at most two keys as “absender policy keygen” prints them") from error
    try:
        clients = None if found.oauth is msgspec.UNSET else clients_of(found.oauth)
    except ValueError as error:
        raise _wrong(file, str(error)) from None
    return Managed(file, found.policy.source.strip(), keys, found.policy.ca_file, found.mail.ca_file, clients)


def _is_source(text: str) -> bool:
    """Whether the policy of whoever it is can be fetched from there, wherever the program is started."""
    from app.policy.source import (  # with what it takes to fetch, and most have no such file
        FilePolicySource,
        source_for,
    )

    try:
        found = source_for(text, Address.parse(_ANYBODY))
    except PolicyError:
        return False
    return not isinstance(found, FilePolicySource) or Path(text).is_absolute()


def _unreadable(file: Path, detail: str) -> PolicyError:
    return PolicyError.because(Reason.MANAGED_UNREADABLE, file=file, detail=detail)


def _wrong(file: str, detail: str) -> PolicyError:
    return PolicyError.because(Reason.MANAGED_WRONG, file=file, detail=detail)


if sys.platform == "win32":

    def _program_data() -> Path:
        """Return the folder for all users' data as the system knows it, not as the environment says (CSIDL 0x23)."""
        import ctypes

        buffer = ctypes.create_unicode_buffer(260)
        # learn.microsoft.com/windows/win32/api/shlobj_core/nf-shlobj_core-shgetfolderpathw
        if ctypes.windll.shell32.SHGetFolderPathW(None, 0x23, None, 0, buffer):
            return Path("C:/ProgramData")
        return Path(buffer.value)
