"""Puts a bundle together, and writes it as a zip that only its owner can read."""

from __future__ import annotations

import getpass
import os
import socket
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.address import Address
from app.errors import Reason, StorageError
from app.storage.folder import DataFolder
from app.support.facts import system_facts, version_facts
from app.support.masking import Masking
from app.support.material import Material, read_material
from app.support.sections import (
    facts_text,
    journal_text,
    log_text,
    managed_text,
    outbox_text,
    policy_document,
    policy_text,
    profile_text,
    routes_text,
    storage_text,
)

if TYPE_CHECKING:
    from app.delivery.journal import Attempt

__all__ = ["Bundle", "BundleFile", "gather", "save"]

_NO_FACTS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class BundleFile:
    """One text of a bundle."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """The texts in their order, the explanation first."""

    files: tuple[BundleFile, ...]
    made_at: datetime


def gather(
    folder: DataFolder, now: datetime, *, mask: bool, readme: str, window: Mapping[str, str] = _NO_FACTS
) -> Bundle:
    """Return the bundle of a data folder, whatever state that is in; the keychain is not asked, nothing is fetched.

    With `mask` what identifies people, organisations and this computer is replaced. `readme` explains the files;
    `window` are facts of the windows, in the program's own words. Blocks: call it in a thread.
    """
    found = read_material(folder, now)
    masking = _masking(found, folder, on=mask)
    parts = {"versions": version_facts(), "system": system_facts(now)} | ({"window": window} if window else {})
    texts = {
        "README.txt": readme,
        "versions.txt": facts_text(parts),
        "storage.txt": storage_text(found),
        "profile.txt": profile_text(found.profile, masking) + managed_text(found.managed, masking),
        "policy.txt": policy_text(found, masking),
        "routes.txt": routes_text(found, masking),
        "outbox.txt": outbox_text(found, masking),
        "journal.txt": journal_text(found, masking),
    }
    if found.policy.document is not None:
        texts["policy.json"] = policy_document(found.policy.document, masking)
    if found.log:
        texts["log.txt"] = log_text(found.log, masking)
    return Bundle(tuple(BundleFile(name, text) for name, text in texts.items()), now)


def save(bundle: Bundle, file: Path) -> None:
    """Write a bundle as a new zip; raises StorageError, EXPORT_EXISTS where there is anything already."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(file, flags, 0o600)
    except FileExistsError:
        raise StorageError.because(Reason.EXPORT_EXISTS, file=file) from None
    except (OSError, ValueError) as error:
        raise _not_written(file, error) from error
    try:
        with open(descriptor, "wb") as stream:  # noqa: PTH123 - the descriptor that was made for its owner only
            _write(bundle, stream)
    except OSError as error:
        file.unlink(missing_ok=True)
        raise _not_written(file, error) from error


def _write(bundle: Bundle, stream: object) -> None:
    stamp = max(bundle.made_at.astimezone().timetuple()[:6], (1980, 1, 1, 0, 0, 0))
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload] # a stream
        for each in bundle.files:
            member = zipfile.ZipInfo(each.name, stamp)
            member.external_attr = 0o600 << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, each.text.encode("utf-8", "replace"))


def _not_written(file: Path, error: OSError | ValueError) -> StorageError:
    detail = getattr(error, "strerror", None) or type(error).__name__
    return StorageError.because(Reason.EXPORT_FAILED, file=file, detail=detail)


def _masking(found: Material, folder: DataFolder, *, on: bool) -> Masking:
    """Return a mask that knows what it is to hide before the first word is written."""
    mask = Masking(on=on)
    mask.know_as(str(folder.home), "data-folder")
    with suppress(OSError):
        mask.know_as(socket.gethostname(), "this-computer")
    with suppress(OSError, KeyError, ImportError):
        mask.know_as(getpass.getuser(), "this-user")
    for subject in found.subjects or ():
        mask.leave_out(subject)
    _know_profile(found, mask)
    for message in found.messages:
        mask.know("message", message.message_id.strip("<>"))
    for attempt in found.attempts:
        _know_authorities(attempt, mask)
    return mask


def _know_profile(found: Material, mask: Masking) -> None:
    profile, document = found.profile, found.policy.document
    if profile is not None:
        own = [entry.address for entry in profile.addresses]
        mask.know_domains([*(document.domains if document else ()), *(address.domain for address in own)])
        for address in own:
            _know_address(address, mask)
        for entry in profile.addresses:
            mask.know("name", entry.display_name, parts=True)
            for server in filter(None, (profile.organisation_server, entry.smtp_msa)):
                if "@" not in server.username:
                    mask.know("user", server.username)
        for path in (profile.policy_ca, profile.mail_ca):
            mask.know_as(path, mask.path(path))
    if document is not None:
        mask.know("organisation", document.organisation.name, parts=True)
        for resource, name in document.names.items():
            mask.know("id", resource.partition("/")[2])
            if name.strip("/"):
                mask.know("unit", name)


def _know_authorities(attempt: Attempt, mask: Masking) -> None:
    """Hide who issued a server's certificate: an organisation's own authority has its name."""
    if attempt.problem is not None:
        mask.know("authority", attempt.problem.fact("issuer"))
    for line in attempt.dialogue:
        if line.direction == "*" and line.text.startswith("tls: "):
            mask.know("authority", "".join(line.text.split("; ", 2)[2:]))


def _know_address(address: Address, mask: Masking) -> None:
    mask.clean(str(address))  # gets the next number
    mask.know("user", address.local)
