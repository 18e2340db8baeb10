"""Lives through everything in which a password or code could be left behind, and then looks for it everywhere.

Real processes with all logs at their loudest, a real keychain, servers that repeat in every encoding what they were
sent, a command for a password, a sign-in with the browser, mailed codes, a crash, an abort, and bundles; then data
folder, home, temporary files, logs, output, cores, the arguments and environment of all processes, clipboard and
settings are searched.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

from app.demo.authority import PRIMARY
from app.demo.reading import verification_code
from app.demo.world import PARTNER, DemoWorld
from tests.canary import MARK, OWN, canary, found_in, hits_in_files, hits_in_processes, own_processes
from tests.faults.proof import Proof, Scale
from tests.servers.authorization import AuthorizationServer
from tests.servers.keyring_session import KeyringSession
from tests.servers.scripted import Authority, Polite, ScriptedServer, Talk, scripted

__all__ = ["prove"]

ROOT = Path(__file__).resolve().parents[2]
PROMISE = "No password, token or code is anywhere but in the keychain and on the wire."
ECHO = "schwatzhaft@echo.example"
BY_COMMAND = "befehl@echo.example"
BY_BROWSER = "browser@echo.example"
RIGHT, WRONG, ECHOED, TYPED = (canary(word) for word in ("right", "wrong", "echoed", "typed"))
CLIENT = f"{MARK}-client"
"""A client's secret, which is ASCII."""
_GLANCE = 0.05
_ADDRESS = re.compile(r"https://localhost:\S+")


@dataclass
class Life:
    """Where the program lives, and what was seen of it meanwhile."""

    folder: Path
    env: dict[str, str]
    is_short: bool
    said: list[tuple[int, str]] = field(default_factory=list)
    """Exit code and output of each command."""
    hits: set[str] = field(default_factory=set)
    glances: int = 0
    processes: set[int] = field(default_factory=set)
    missed: list[str] = field(default_factory=list)
    """What did not happen as the proof needs it: then it would prove nothing."""

    def run(
        self, *arguments: str, stdin: str = "", code: int | None = 0, on_line: Callable[[str], None] | None = None
    ) -> str:
        """Run the program to its end, and tell `on_line` of each line as it comes; return all it wrote."""
        number = len(self.said)
        log = self.folder / "logs" / f"{number}.log"
        with subprocess.Popen(
            [sys.executable, "-m", "tests.faults.canary_program", str(log), *arguments],
            cwd=self.folder / "work",
            env=self.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            late = threading.Timer(90, process.kill)
            late.start()
            assert process.stdin is not None
            assert process.stdout is not None
            with suppress(BrokenPipeError), process.stdin:
                process.stdin.write(stdin)
            lines = []
            for line in process.stdout:
                lines.append(line)
                if on_line is not None:
                    on_line(line)
            ended = process.wait()
            late.cancel()
        output = "".join(lines)
        (self.folder / "output" / str(number)).write_text(output, encoding="utf-8")
        self.said.append((ended, output))
        if code is not None and ended != code:
            self.missed.append(f"{arguments[:2]} ended with {ended}: {output[-400:]}")
        return output

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Look at the arguments and environment of all processes meanwhile."""
        ended = threading.Event()
        watch = threading.Thread(target=self._watch, args=(ended,), daemon=True)
        watch.start()
        try:
            yield
        finally:
            ended.set()
            watch.join()

    def _watch(self, ended: threading.Event) -> None:
        while not ended.wait(_GLANCE):
            running = own_processes() - {os.getpid()}
            self.hits.update(hits_in_processes(running))
            self.processes |= running
            self.glances += 1


def prove(scale: Scale, folder: Path) -> Proof:
    """Return what was found after one life; the short one leaves out some commands."""
    for name in ("home", "temp", "work", "logs", "output", OWN):
        (folder / name).mkdir(parents=True)
    with DemoWorld() as world, KeyringSession() as session, AuthorizationServer(folder / "temp") as authorization:
        authorization.mark, authorization.client_secret = f"{MARK}.", CLIENT
        world.organisation.password = RIGHT
        world.partner.password = RIGHT
        world.set_policy(allow=True)
        env = {**_env(folder, session), "SSL_CERT_FILE": str(authorization.ca_file)}
        life = Life(folder, env, scale is Scale.SHORT)
        with life.watched():
            codes = asyncio.run(_live(life, world, authorization))
    hits = sorted(life.hits) + hits_in_files([folder]) + _codes_found(folder, codes)
    figures = {
        "commands": len(life.said),
        "glances at processes": life.glances,
        "processes": len(life.processes),
        "files": sum(1 for each in folder.rglob("*") if each.is_file()),
        "lines of debug log": sum(_lines(each) for each in (folder / "logs").iterdir()),
        "codes": len(codes),
        "tokens": len(authorization.asked["token"]),
        "hits": len(hits),
        "seed": 0,
    }
    return Proof("canary", PROMISE, figures, (*life.missed, *hits))


def _env(folder: Path, session: KeyringSession) -> dict[str, str]:
    found = {name: value for name, value in session.env.items() if name != "DISPLAY"}  # no browser of the system's
    kept = {name: os.environ[name] for name in ("COVERAGE_PROCESS_START",) if name in os.environ}
    home = str(folder / "home")
    return {
        **found,
        **kept,
        "ABSENDER_HOME": str(folder / "data"),
        "HOME": home,
        "XDG_CONFIG_HOME": f"{home}/.config",
        "TMPDIR": str(folder / "temp"),
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "PYTHONASYNCIODEBUG": "1",
        "PYTHONFAULTHANDLER": "1",
        "SSLKEYLOGFILE": str(folder / "temp" / "keys"),
        "QT_QPA_PLATFORM": "offscreen",
        "QT_LOGGING_RULES": "*.debug=false",
    }


async def _live(life: Life, world: DemoWorld, authorization: AuthorizationServer) -> list[str]:
    """Go through a whole life; return the codes that were mailed."""
    echo = _Echo()
    trusted = Authority()
    authorities = life.folder / "work" / "authorities.pem"
    authorities.write_bytes(Path(world.mail_ca).read_bytes() + trusted.ca.cert_pem.bytes())
    async with scripted(echo, trusted.certify("localhost", "127.0.0.1")) as server:
        codes = await asyncio.to_thread(_talk, life, world, server, echo, str(authorities), authorization)
    if echo.repeated.count("XOAUTH2") != 1 or len(echo.repeated) < 3:
        life.missed.append(f"the server repeated only {echo.repeated}")
    return codes


def _talk(
    life: Life,
    world: DemoWorld,
    server: ScriptedServer,
    echo: _Echo,
    authorities: str,
    authorization: AuthorizationServer,
) -> list[str]:
    set_up = [
        "setup", "--email", PRIMARY, "--name", "N. Name", "--policy", world.policy_url, "--policy-ca", world.policy_ca,
        "--mail-ca", authorities, "--password-stdin",
    ]  # fmt: skip
    send = ["send", "--to", "kunde@extern.example", "--subject", "A", "--body", "B", "--from"]
    gateway = f"localhost:{server.port}"
    life.run(*set_up, stdin=f"{WRONG}\n", code=1)
    life.run(*set_up, stdin=f"{RIGHT}\n")
    codes = [_add_partner(life, world)]
    own = life.folder / OWN / "password"
    own.write_text(f"{ECHOED}\n", encoding="utf-8")
    _add(life, BY_COMMAND, gateway, "", "--password-command", f"cat {own}")
    codes += [_verify(life, world, BY_COMMAND)]
    _add(life, ECHO, gateway, ECHOED, "--password-stdin")
    codes += [_verify(life, world, ECHO)]
    _sign_in(life, f"127.0.0.1:{server.port}", authorization)
    codes += [_verify(life, world, BY_BROWSER)]
    echo.is_talkative = True
    for sender in (ECHO, BY_COMMAND, BY_BROWSER):
        life.run(*send, sender, code=1)
    life.run(*send, PARTNER)
    if not life.is_short:
        _add(life, "anders@echo.example", gateway, ECHOED, "--password-stdin", code=1)
        for words in ("outbox list", "outbox list --json", "address list --json", "policy show", "policy refresh"):
            life.run(*words.split())
    life.run("support", "bundle", str(life.folder / "work" / "masked.zip"))
    life.run("support", "bundle", str(life.folder / "work" / "plain.zip"), "--no-mask")
    _open_window(life)
    return codes


def _open_window(life: Life) -> None:
    """Have a password typed in the window, which fails, crashes and is aborted."""
    life.run(stdin=f"{TYPED}\n", code=-6)
    for told, wanted in {"clipboard": "nothing", "crash": "canary_program", "repr": "Secret("}.items():
        file = life.folder / "work" / f"told-{told}"
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        if wanted not in text:
            life.missed.append(f"the window's {told} is {text!r}")


def _add_partner(life: Life, world: DemoWorld) -> str:
    """Add the partner's address, first with a wrong password; return its code."""
    partner = world.partner.access()
    gateway = ("--gateway", f"{partner.host}:{partner.port}", "--user", partner.username, "--password-stdin")
    for password, code in ((WRONG, 1), (RIGHT, 0)):
        life.run("address", "add", PARTNER, "--name", "N. Name", *gateway, stdin=f"{password}\n", code=code)
    if not life.is_short:
        life.run("address", "verify", PARTNER, "123456789", code=1)
    return _verify(life, world, PARTNER)


def _add(life: Life, address: str, gateway: str, password: str, *way: str, code: int = 0) -> None:
    stdin = f"{password}\n" if password else ""
    words = ("address", "add", address, "--name", "N", "--gateway", gateway, "--user", "nutzer", *way)
    life.run(*words, stdin=stdin, code=code)


def _sign_in(life: Life, gateway: str, authorization: AuthorizationServer) -> None:
    """Add an address whose owner signs in with the browser, which is played here."""
    browser = ssl.create_default_context(cafile=authorization.ca_file)

    def visit(line: str) -> None:
        if found := _ADDRESS.search(line):
            with urlopen(found[0], context=browser, timeout=20) as page:
                assert not found_in(page.read())

    client = ["--browser", "--client-id", "absender", "--client-secret-stdin", "--scope", "smtp"]
    client += ["--scope", "offline_access", "--token-url", f"{authorization.url}/token"]
    client += ["--authorization-url", f"{authorization.url}/authorize"]
    words = ("address", "add", BY_BROWSER, "--name", "N", "--gateway", gateway, "--user", "nutzer", *client)
    life.run(*words, stdin=f"{CLIENT}\n", on_line=visit)


def _verify(life: Life, world: DemoWorld, address: str) -> str:
    arrived = world.inbox.wait(lambda each: address in each.recipients)
    code = verification_code(arrived) or ""
    life.run("address", "verify", address, code)
    return code


def _codes_found(folder: Path, codes: Sequence[str]) -> list[str]:
    """Return where a mailed code stands in what is kept: the database, its log, and the bundles' folder."""
    digits = [re.sub(r"\D", "", code).encode() for code in codes if code]
    files = [
        each for place in ("data", "logs", "work", "temp") for each in (folder / place).rglob("*") if each.is_file()
    ]
    return [f"{file}: a code" for file in files if any(code in file.read_bytes() for code in digits)]


def _lines(file: Path) -> int:
    return file.read_bytes().count(b"\n")


class _Echo:
    """A server that takes what it gets at first, and later refuses it and repeats it in every encoding."""

    def __init__(self) -> None:
        self.is_talkative = False
        self.repeated: list[str] = []

    async def __call__(self, talk: Talk) -> None:
        ehlo = ("AUTH PLAIN LOGIN XOAUTH2", "SIZE 1000000")
        await Polite({"AUTH": self._answer} if self.is_talkative else {}, ehlo=ehlo)(talk)

    async def _answer(self, talk: Talk) -> None:
        line = talk.server.lines[-1].strip()
        response = base64.b64decode(line.split()[-1])
        if line.startswith(b"AUTH XOAUTH2 "):
            secret = response.partition(b"Bearer ")[2].rstrip(b"\1")
            self.repeated.append("XOAUTH2")
            told = json.dumps({"status": f"no {secret.decode()}", "scope": line.decode()}).encode()
            await talk.say(b"334 " + base64.b64encode(told) + b"\r\n")
            await talk.hear()
        else:
            secret = response.split(b"\0")[2]
            self.repeated.append("password")
        forms = (
            line, secret, base64.b64encode(secret), base64.b64encode(response), base64.b64encode(b"x:" + secret),
            secret.hex().encode(), secret.decode().encode("utf-16-le"), secret.decode().encode("utf-16-be"),
        )  # fmt: skip
        assert all(found_in(form) for form in forms)
        await talk.say(b"".join(b"535-5.7.8 not " + form.replace(b"\n", b"") + b" here\r\n" for form in forms))
        await talk.say(b"535 5.7.8 sorry\r\n")
