"""`absender policy export`: everybody's documents, from Google or from files, into a folder that a web server serves.

The credentials stay on this machine. They sign the request for an access token, which goes to Google's own server and
nowhere else; neither they nor the token are written, printed or logged.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import threading
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from app.address import Address
from app.cli.output import Output, cell
from app.errors import ExportError, Reason
from app.ordinary_file import read_ordinary

if TYPE_CHECKING:
    from app.exporter.collected import Collected
    from app.exporter.credentials import Endpoints
    from app.exporter.organisation import OrganisationFile
    from app.exporter.publish import Published
    from app.policy.directory import Directory
    from app.policy.signature import Signer

__all__ = ["run_export"]


async def run_export(arguments: argparse.Namespace, out: Output) -> int:
    """Read the organisation, save its directory where that is asked for, and publish everybody's document."""
    _check_options(arguments)
    _check_places(arguments)
    stop = _Stop()
    work = asyncio.ensure_future(asyncio.to_thread(_export, arguments, stop))
    try:
        directory, published, key = await asyncio.shield(work)
    except asyncio.CancelledError:
        # Ctrl-C: the thread ends by itself between two documents, each of which is whole.
        stop.now()
        await asyncio.wait([work])
        raise
    return out.result(*_told(arguments, directory, published, key))


class _StoppedError(Exception):
    """Somebody ended the command."""


class _Stop:
    """How the thread that exports learns that it has to end."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def now(self) -> None:
        """Ask it to end."""
        self._asked.set()

    def check(self) -> None:
        """Raise _StoppedError if it was asked to."""
        if self._asked.is_set():
            raise _StoppedError

    def sleep(self, seconds: float) -> None:
        """Wait, unless it is asked to end."""
        if self._asked.wait(seconds):
            raise _StoppedError


def _export(arguments: argparse.Namespace, stop: _Stop) -> tuple[Directory, Published | None, str]:
    from app.exporter.folder import open_folder
    from app.exporter.publish import publish
    from app.services import now

    signer = _signer(arguments)
    directory = _directory(arguments, stop)
    if arguments.directory is not None:
        _save(directory, _absolute(arguments.directory))
    if arguments.out is None:
        return directory, None, ""
    with open_folder(_absolute(arguments.out)) as folder:
        published = publish(
            directory,
            folder,
            now=now(),
            valid_for=timedelta(days=arguments.valid_for),
            signer=signer,
            may_remove_many=arguments.remove_many,
            check=stop.check,
        )
    return directory, published, str(signer.public) if signer is not None else ""


def _check_options(arguments: argparse.Namespace) -> None:
    """Leave as argparse does with options that do not go together."""
    refuse: object = arguments.refuse
    assert callable(refuse)
    kind, files = arguments.source[0], arguments.source[1:]
    if kind not in {"google", "gam", "json"}:
        refuse(f"argument --from: invalid choice: {kind!r} (choose from google, gam, json)")
    if kind == "google" and files:
        refuse("argument --from: google takes no files")
    if kind == "google" and not (arguments.credentials and arguments.admin and arguments.organisation):
        refuse("--from google needs --credentials, --admin and --organisation")
    if kind != "google" and not files:
        refuse(f"argument --from: {kind} needs a file")
    if kind == "gam" and not arguments.organisation:
        refuse("--from gam needs --organisation")
    if arguments.out is None and arguments.directory is None:
        refuse("one of --out and --directory is needed")
    if not 1 <= arguments.valid_for <= 366:
        refuse("argument --valid-for: from 1 to 366 days")


def _check_places(arguments: argparse.Namespace) -> None:
    """Refuse to have a secret file where everything is published; raises ExportError."""
    if arguments.out is None:
        return
    folder = _real(arguments.out)
    for file in (arguments.credentials, arguments.sign, arguments.directory):
        if file is not None and _real(file).is_relative_to(folder):
            raise ExportError.because(Reason.PUBLISH_SECRET, file=file, folder=folder)


def _signer(arguments: argparse.Namespace) -> Signer | None:
    from app.policy.signature import Signer

    if arguments.sign is None:
        return None
    file = _absolute(arguments.sign)
    return Signer(_read(file, 16 * 1024, Reason.POLICY_KEY_UNREADABLE), file=str(file))


def _directory(arguments: argparse.Namespace, stop: _Stop) -> Directory:
    """Return the organisation from wherever it is asked for; raises ExpectedError."""
    from app.exporter.collected import Collected, directory_of

    kind, files = arguments.source[0], [_absolute(Path(file)) for file in arguments.source[1:]]
    facts = _facts(arguments)
    if kind == "google":
        assert facts is not None
        found = _from_google(arguments, facts, stop)
        return directory_of(found, facts, source="Google", file=str(arguments.organisation))
    from app.exporter.api_files import add_api_file, check_is_whole, directory_in
    from app.exporter.gam import add_gam_file
    from app.policy.directory import DIRECTORY_MAX_BYTES

    found = Collected()
    for file in files:
        stop.check()
        data = _read(file, DIRECTORY_MAX_BYTES, Reason.EXPORT_INPUT_WRONG)
        if kind == "gam":
            add_gam_file(found, data, file=str(file))
        elif len(files) == 1 and (directory := directory_in(data, file=str(file))) is not None:
            return directory
        else:
            add_api_file(found, data, file=str(file))
    source = ", ".join(map(str, files))
    check_is_whole(found, file=source)
    if facts is None:
        arguments.refuse("--from json needs --organisation for what Google answered")
    assert facts is not None
    return directory_of(found, facts, source=source, file=str(arguments.organisation))


def _facts(arguments: argparse.Namespace) -> OrganisationFile | None:
    from app.exporter.organisation import ORGANISATION_MAX_BYTES, read_organisation

    if arguments.organisation is None:
        return None
    file = _absolute(arguments.organisation)
    return read_organisation(_read(file, ORGANISATION_MAX_BYTES, Reason.ORGANISATION_WRONG), file=str(file))


def _from_google(arguments: argparse.Namespace, facts: OrganisationFile, stop: _Stop) -> Collected:
    from app.exporter.credentials import CREDENTIALS_MAX_BYTES, read_credentials
    from app.exporter.google import collect
    from app.exporter.wire import Wire

    admin = str(Address.parse(arguments.admin))
    endpoints = _endpoints(arguments)
    file = _absolute(arguments.credentials)
    data = _read(file, CREDENTIALS_MAX_BYTES, Reason.CREDENTIALS_WRONG)
    account = read_credentials(data, file=str(file), endpoints=endpoints)
    with Wire(ca_file=arguments.google_ca, sleep=stop.sleep) as wire:
        return collect(
            account,
            admin,
            wire,
            endpoints,
            domains=not facts.organisation.domains,
            all_groups=arguments.all_groups,
        )


def _endpoints(arguments: argparse.Namespace) -> Endpoints:
    from app.exporter.credentials import Endpoints

    if not arguments.google_url:
        return Endpoints()
    if not arguments.google_url.startswith("https://"):
        arguments.refuse("argument --google-url: an address that begins with https:// is needed")
    return Endpoints.at(arguments.google_url.rstrip("/"))


def _save(directory: Directory, file: Path) -> None:
    """Write the directory for its owner only, in place of the last one; raises StorageError."""
    from app.policy.directory import write_directory
    from app.storage.eml_file import EmlFile

    with EmlFile(file, replace=True) as opened:
        opened.write(write_directory(directory))


def _told(
    arguments: argparse.Namespace, directory: Directory, published: Published | None, key: str
) -> tuple[str, dict[str, object]]:
    """Return what was done, as text and as fields."""
    homeless = sum(1 for user in directory.users if not user.org_unit)
    data: dict[str, object] = {"people": len(directory.users), "policies": len(directory.policies)}
    data["without_unit"] = homeless
    lines = [f"people\t{len(directory.users)}", f"policies\t{len(directory.policies)}"]
    if homeless:
        lines.append(f"without a known unit\t{homeless}")
    if arguments.directory is not None:
        data["directory"] = str(_absolute(arguments.directory))
        lines.append(f"directory\t{cell(data['directory'])}")
    if published is not None:
        data |= {"folder": str(_absolute(arguments.out)), "key": key or None}
        lines.append(f"folder\t{cell(data['folder'])}")
        for name in ("new", "changed", "renewed", "unchanged", "removed"):
            data[name] = getattr(published, name)
            lines.append(f"{name}\t{data[name]}")
        lines.append(f"signature\t{f'made with {key}' if key else 'none'}")
    return "\n".join(lines), data


def _read(file: Path, limit: int, reason: Reason) -> bytes:
    """Return a file's content, `limit` bytes and one at most; raises ExportError for `reason`."""
    try:
        return read_ordinary(file, limit)
    except OSError as error:
        detail = error.strerror or type(error).__name__
        raise ExportError.because(reason, file=file, detail=detail) from error


def _real(file: Path) -> Path:
    """Return where a file is, whatever links lead to it; `Path.resolve` fails for links that lead round in circles."""
    return Path(os.path.realpath(_absolute(file)))


def _absolute(file: Path) -> Path:
    return file.expanduser().absolute()
