"""Passwords of the tests that can be recognised anywhere, and the search for them in everything a run leaves behind."""

from __future__ import annotations

import base64
import os
import stat
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

__all__ = ["FORMS", "MARK", "OWN", "canary", "found_in", "hits_in_files", "hits_in_processes", "own_processes"]

MARK = "kanari7Qz9vX2wK"
"""Stands in every password that a test types; nothing else contains it."""
OWN = "own-secrets"
"""A folder of this name is the person's: what lies there, such as a password for a command to read, is no leak."""
_BLOCK = 16 * 1024
"""A page of the program's databases."""


def canary(label: str) -> str:
    """Return a password for a test, with letters outside ASCII."""
    return f"{MARK}-{label}-äöüß"


def _base64_forms(text: bytes) -> Iterator[bytes]:
    """Yield what base64 makes of `text` wherever in a longer one it begins, as in that of \\0user\\0password."""
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + text)
        yield encoded[-(-shift * 8 // 6) : (shift + len(text)) * 8 // 6]


FORMS: dict[str, tuple[bytes, ...]] = {
    "plain": (MARK.encode(),),
    "base64": tuple(_base64_forms(MARK.encode())),
    "hex": (MARK.encode().hex().encode(), MARK.encode().hex().upper().encode()),
    "UTF-16": (MARK.encode("utf-16-le"), MARK.encode("utf-16-be")),
    "base64 of UTF-16": tuple(_base64_forms(MARK.encode("utf-16-le"))),
}
"""What a secret looks like, by the name of its encoding."""
_LONGEST = max(len(form) for forms in FORMS.values() for form in forms)


def found_in(data: bytes | str) -> list[str]:
    """Return the encodings in which a canary stands in `data`."""
    octets = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    return [name for name, forms in FORMS.items() if any(form in octets for form in forms)]


def hits_in_files(places: Iterable[Path]) -> list[str]:
    """Return the plain files, in folders at any depth, that hold a canary or are called by one; no link is followed."""
    known: dict[int, list[str]] = {}
    return [f"{file}: {encoding}" for file in _files(places) for encoding in _in_file(file, known)]


def own_processes() -> set[int]:
    """Return this process and all that it, or one it started, has started and that still run."""
    parents = {}
    for each in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended
            parents[int(each.parent.name)] = int(each.read_text("ascii", "replace").rpartition(")")[2].split()[1])
    own = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in own} - own:
        own |= more
    return own


def hits_in_processes(pids: Iterable[int]) -> list[str]:
    """Return those of these processes whose arguments or environment hold a canary."""
    hits = []
    for pid in sorted(pids):
        for name in ("cmdline", "environ"):
            try:
                data = Path("/proc", str(pid), name).read_bytes()
            except OSError:  # it has ended, or is somebody else's
                continue
            hits += [f"{name} of {pid}: {encoding}" for encoding in found_in(data)]
    return hits


def _files(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        if place.is_dir() and not place.is_symlink():
            for folder, below, names in os.walk(place):
                below[:] = [each for each in below if each != OWN]
                yield from (Path(folder, name) for name in names)
        elif os.path.lexists(place):
            yield place


def _in_file(file: Path, known: dict[int, list[str]]) -> list[str]:
    """Return the encodings in a file; `known` are the blocks looked at so far: most databases are nearly alike."""
    found = dict.fromkeys(found_in(str(file)))
    try:
        if not stat.S_ISREG(file.lstat().st_mode):
            return list(found)
        with file.open("rb") as stream:
            for block in _blocks(stream):
                mark = hash(block)
                if mark not in known:
                    known[mark] = found_in(block)
                found |= dict.fromkeys(known[mark])
        if file.suffix == ".zip":  # its texts are packed
            found |= dict.fromkeys(_in_archive(file))
    except (OSError, zipfile.BadZipFile):  # taken away meanwhile, or only like an archive
        pass
    return list(found)


def _blocks(stream: BinaryIO) -> Iterator[bytes]:
    """Yield what a file holds, a little of it twice; the holes of one that only looks large are left out."""
    tail = b""
    size = os.fstat(stream.fileno()).st_size
    at = _next_data(stream, 0)
    while at < size:
        stream.seek(at)
        chunk = stream.read(_BLOCK)
        if not chunk:  # it was cut meanwhile
            return
        yield tail + chunk
        tail = chunk[-_LONGEST:]
        at = at + len(chunk) if chunk.strip(b"\0") else _next_data(stream, at + len(chunk))


def _next_data(stream: BinaryIO, at: int) -> int:
    """Return where a file next holds data, or its end."""
    if not hasattr(os, "SEEK_DATA"):
        return at
    try:
        return os.lseek(stream.fileno(), at, os.SEEK_DATA)
    except OSError:  # there is none (lseek(2), ENXIO)
        return os.fstat(stream.fileno()).st_size


def _in_archive(file: Path) -> list[str]:
    with zipfile.ZipFile(file) as archive:
        return [encoding for name in archive.namelist() for encoding in found_in(archive.read(name))]
