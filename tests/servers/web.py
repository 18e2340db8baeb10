"""Real web servers, nginx and Apache, that serve a folder of policies as docs/deployment.md tells administrators to."""

from __future__ import annotations

import os
import re
import shutil
import socket
import tempfile
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from tests.servers.process import free_port, program, start, stop, wait_until

if TYPE_CHECKING:
    import trustme

__all__ = ["DEPLOYMENT", "Apache", "Nginx", "WebServer", "documented"]

DEPLOYMENT = Path(__file__).resolve().parents[2] / "docs" / "deployment.md"
_NOBODY = 65534
_ATTEMPTS = 3
_MODULES = Path("/usr/lib/apache2/modules")

_NGINX = """
daemon off;
worker_processes {workers};
pid {folder}/pid;
error_log {folder}/error.log;
worker_rlimit_nofile 4096;
events {{ worker_connections 1024; }}
http {{
    log_format sizes "$status $request_length $bytes_sent";
    access_log {folder}/access.log sizes;
    client_body_temp_path {folder}/scratch;
    proxy_temp_path {folder}/scratch;
    fastcgi_temp_path {folder}/scratch;
    uwsgi_temp_path {folder}/scratch;
    scgi_temp_path {folder}/scratch;
    keepalive_requests 1000000;
    {more}
    {site}
}}
"""

_APACHE = """
ServerRoot {folder}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {folder}/pid
DefaultRuntimeDir {folder}
Mutex file:{folder} default
ErrorLog {folder}/error.log
TypesConfig /dev/null
{modules}
{more}
{site}
"""
_APACHE_MODULES = ("mpm_event", "authz_core", "headers", "mime", "ssl", "deflate", "filter", "alias", "socache_shmcb")


def documented(language: str) -> str:
    """Return the only block of docs/deployment.md in this language, as an administrator would copy it."""
    blocks = re.findall(
        rf"^```{language}\n(.*?)^```$", DEPLOYMENT.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    assert len(blocks) == 1, f"{len(blocks)} blocks of {language} in {DEPLOYMENT}"
    return str(blocks[0])


class WebServer:
    """One server on a port of loopback, as a context manager; it runs as nobody, in the foreground.

    The site is the documentation's, with this server's own port, certificate and folder in place of the
    administrator's. `more` goes before it, `changes` replace parts of it.
    """

    _language = ""

    def __init__(self, authority: trustme.CA, *, more: str = "", changes: dict[str, str] | None = None) -> None:
        self._certificate = authority.issue_cert("localhost")
        self._more = more
        self._changes = changes or {}
        self.port = 0

    def __enter__(self) -> Self:
        # Not under pytest's folder: nobody must be able to get here.
        self.folder = Path(tempfile.mkdtemp(prefix="absender-web-"))
        try:
            self._prepare()
            self._begin()
        except BaseException:
            shutil.rmtree(self.folder)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        stop(self._process)
        shutil.rmtree(self.folder)

    @property
    def documents(self) -> Path:
        """The folder that is served."""
        return self.folder / "documents"

    @property
    def url(self) -> str:
        """The address of the server, without a slash at the end."""
        return f"https://localhost:{self.port}"

    @property
    def source(self) -> str:
        """What an administrator writes into managed.toml."""
        return f"{self.url}/{{email_sha256}}.json"

    def log(self) -> str:
        """Return what the server said, to tell why something failed."""
        return "".join(
            file.read_text(encoding="utf-8", errors="replace")
            for file in (self.folder / "output", self.folder / "error.log")
            if file.exists()
        )

    def sizes(self) -> list[str]:
        """Return a line for each request nginx answered: status, octets of the request, octets of the answer."""
        return (self.folder / "access.log").read_text(encoding="ascii").splitlines()

    def processor_seconds(self) -> float:
        """Return the processor time that the server's processes have used so far."""
        master = self._process.pid
        children = Path(f"/proc/{master}/task/{master}/children").read_text(encoding="ascii").split()
        ticks = 0
        for pid in (master, *children):
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def _prepare(self) -> None:
        self.documents.mkdir()
        (self.folder / "scratch").mkdir()
        (self.folder / "chain.pem").write_bytes(b"".join(blob.bytes() for blob in self._certificate.cert_chain_pems))
        (self.folder / "key.pem").write_bytes(self._certificate.private_key_pem.bytes())
        if os.geteuid() == 0:
            for path in (self.folder, self.folder / "scratch", self.folder / "key.pem"):
                shutil.chown(path, _NOBODY, _NOBODY)
        self.folder.chmod(0o755)
        (self.folder / "key.pem").chmod(0o600)

    def _begin(self) -> None:
        for attempt in range(_ATTEMPTS):
            self.port = free_port()  # another program may take it first
            configuration = self.folder / "configuration"
            configuration.write_text(self._configuration(self._site()), encoding="utf-8")
            rights = ["--reuid", str(_NOBODY), "--regid", str(_NOBODY), "--clear-groups"] if os.geteuid() == 0 else []
            # A change of user takes back that the kernel ends the program with the tests, so it is asked for again.
            become = [program("setpriv"), *rights, program("setpriv"), "--pdeathsig", "TERM"]
            self._process = start([*become, *self._command(configuration)], log=self.folder / "output", cwd=self.folder)
            try:
                wait_until(lambda: self._process.poll() is not None or self._listens(), "the web server's start")
            except TimeoutError:
                stop(self._process)
                raise
            if self._process.poll() is None:
                return
            if attempt == _ATTEMPTS - 1:
                raise RuntimeError(f"{type(self).__name__} did not start:\n{self.log()}")

    def _site(self) -> str:
        site = documented(self._language)
        own = {
            "/etc/absender-policy/chain.pem": f"{self.folder}/chain.pem",
            "/etc/absender-policy/key.pem": f"{self.folder}/key.pem",
            "policy.beispiel.example": "localhost",
            "/srv/absender-policy": f"{self.documents}",
            **self._changes,
        }
        for old, new in own.items():
            assert old in site, f"{old} is not in the documentation's {self._language}"
            site = site.replace(old, new)
        return re.sub(r"(listen |\*:)443\b", lambda found: f"{found[1].replace('*', '127.0.0.1')}{self.port}", site)

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
        except OSError:
            return False
        return True

    def _configuration(self, site: str) -> str:
        raise NotImplementedError

    def _command(self, configuration: Path) -> list[str | Path]:
        raise NotImplementedError


class Nginx(WebServer):
    """nginx; needs `@pytest.mark.system("nginx")`."""

    _language = "nginx"
    workers = 1

    def _configuration(self, site: str) -> str:
        return _NGINX.format(folder=self.folder, site=site, more=self._more, workers=self.workers)

    def _command(self, configuration: Path) -> list[str | Path]:
        return [program("nginx"), "-p", self.folder, "-c", configuration]


class Apache(WebServer):
    """Apache's httpd; needs `@pytest.mark.system("apache")`."""

    _language = "apache"

    def _configuration(self, site: str) -> str:
        modules = "\n".join(f"LoadModule {name}_module {_MODULES}/mod_{name}.so" for name in _APACHE_MODULES)
        return _APACHE.format(folder=self.folder, port=self.port, modules=modules, more=self._more, site=site)

    def _command(self, configuration: Path) -> list[str | Path]:
        return [program("apache2"), "-d", self.folder, "-f", configuration, "-D", "FOREGROUND"]
