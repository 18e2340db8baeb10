"""A certificate authority of the demo's own, made at each start and trusted by nobody else.

Loads trustme and with it cryptography: import it where it is used.
"""

from __future__ import annotations

import ssl
from pathlib import Path

import trustme

__all__ = ["Certificates"]


class Certificates:
    """An authority and its certificate for this machine's loopback names."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA(organization_name="Absender demo")
        self._server = authority.issue_cert("localhost", "127.0.0.1", "::1")
        self.ca_file = folder / "ca.pem"
        authority.cert_pem.write_to_path(str(self.ca_file))

    def server_context(self) -> ssl.SSLContext:
        """Return a context that presents the server certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._server.configure_cert(context)
        return context
