"""Certificate authorities from a file that somebody names: trusted beside the system's, and read with a limit."""

from __future__ import annotations

import errno
import stat
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl

__all__ = ["AUTHORITIES_MAX_BYTES", "trust_file"]

AUTHORITIES_MAX_BYTES = 4 * 1024 * 1024
"""All authorities that systems come with take about 250 KiB."""


def trust_file(context: ssl.SSLContext, file: str) -> None:
    """Add the certificates in a PEM file; raises OSError for one that cannot be read, is too large or holds none.

    The library itself would wait for the writer of a pipe, and read a device without end.
    """
    try:
        status = Path(file).stat()
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is not an ordinary file", file)
        if status.st_size > AUTHORITIES_MAX_BYTES:
            raise OSError(errno.EFBIG, "it is too large", file)
        context.load_verify_locations(cafile=file)
    except ValueError as error:  # a name that can be none
        raise OSError(errno.EINVAL, str(error), file) from error
