"""What must be true in every history, written from the rules for people, and without a line of the program's own.

- a gateway is used only under the newest policy that has arrived, which allows it, was confirmed in the last 24 hours
  by both clocks, has not expired, and was asked for anew in the last 15 minutes;
- a clock on the wall that ran backwards by more than five minutes ends that, too;
- what is older than the newest policy ever seen, or has its serial and other content, counts as no answer;
- mail goes through the server its sender has, and through another one only when a person said so;
- where the organisation has switched mail off nothing goes, and where it demands a gateway no external address goes
  without one;
- every message is sent once, is where the person can see it, or was taken back; and it says the same all the time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from app.delivery.smtp import Envelope
from app.message.draft import Draft
from tests.faults.histories_world import DAY, MINUTE, Publication, Publisher
from tests.faults.machine import Machine

__all__ = ["ALIAS", "GATEWAY", "ORGANISATION", "PARTNER", "PRIMARY", "SHOP", "Letter", "Rules"]

PRIMARY = "nutzer@beispiel.example"
ALIAS = "vertrieb@beispiel.example"
PARTNER = "nutzer.name@partnerdomain.example"
SHOP = "laden@markt.example"
"""An external address without a gateway."""
ORGANISATION, GATEWAY = "smtp.beispiel.example", "smtp.partner.example"
_INTERNAL = {PRIMARY, ALIAS}
_SLACK = 5 * MINUTE + 0.001
"""Seconds; a clock set back by five minutes to the second is within them, whatever binary fractions make of it."""
_RECENT = 15 * MINUTE
_PATIENCE = 10.0
"""Seconds after a check that failed in which it is not repeated."""
_SLOW = 40.0
"""Seconds a check, and one that is waited for, may take."""


@dataclass
class Letter:
    """A message as the person knows it."""

    id: str
    sender: str
    text: str
    draft: Draft
    wanted: float | None = None
    """The time on the wall it is scheduled for."""
    is_posted: bool = False
    is_taken_back: bool = False
    """Cancelled, or back among the drafts."""
    over_organisation: bool = False
    """Whether the person said that it may go through the organisation's server."""
    is_made_as_own: bool = False
    """Whether it says so as mail from an address of the organisation's, which the partner's is not in the end."""
    sends: int = 1
    """How often the person asked for it, which takes an uncertain end."""
    arrivals: list[str] = field(default_factory=list)
    message_id: str = ""


class Rules:
    """Follows a history, and says what broke."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.letters: dict[str, Letter] = {}
        self.broken: list[str] = []
        self.counts: Counter[str] = Counter()
        self.publisher: Publisher | None = None
        self.tell: Callable[[str], None] = lambda _: None
        self._known: Publication | None = None
        self._newest_known: Publication | None = None
        self._newest: tuple[int, str] = (-1, "")
        self._wall = 0.0
        self._boot: float | None = None
        """When the policy was confirmed by the clock since the machine's start; None for an earlier start."""
        self._failed: float | None = None
        self._is_doubtful = False
        """Whether the program may not know yet that its copy was replaced by an older one."""

    # What the program learns

    def answered(self, publication: Publication | None, wall: float, boot: float) -> None:
        """Take note of what arrived in answer to a question asked at these times."""
        mark = (publication.serial, publication.etag) if publication is not None else None
        if publication is None or mark is None or not self._is_newer(mark):
            self._failed = self._machine.boot()
            self.counts["answers refused"] += 1
            self.tell("an answer that is none")
            return
        self._known = self._newest_known = publication
        self._newest, self._is_doubtful = mark, False
        self._wall, self._boot, self._failed = wall, boot, None
        self.counts["answers taken"] += 1
        self.tell(f"an answer: {self.describe()}")

    def _is_newer(self, mark: tuple[int, str]) -> bool:
        return mark[0] > self._newest[0] or mark == self._newest

    def restarted(self) -> None:
        """The program begins anew, and has the clock on the wall alone to tell how old its copy is."""
        self._boot = self._failed = None

    def copy_replaced(self, serial: int, wall: float) -> None:
        """The copy in the data folder is another one now: with an older serial it is no policy."""
        if serial < self._newest[0]:
            self._known, self._is_doubtful = None, True
        else:
            self._known, self._wall = self._newest_known, wall

    def clock_is_set(self) -> None:
        """Take note of what had its time by the clock as it was until now."""
        for letter in self.letters.values():
            if letter.wanted is not None and self._machine.wall() >= letter.wanted:
                letter.wanted = None

    def describe(self) -> str:
        """Say what the program may go by, for people."""
        meaning = self._known.meaning if self._known else None
        return f"knows {meaning} of {self._wall:.0f}, objections {self._stale()}"

    # What the program does

    def mail(self, message_id: str, host: str, envelope: Envelope) -> None:
        """Judge one MAIL at this moment."""
        letter = self.letters[message_id]
        objections = [*self._about(letter), *self._about_server(letter, host, str(envelope.sender))]
        self.tell(f"MAIL for {message_id} at {host}; {self.describe()}")
        self.counts[f"MAIL at {'the gateway' if host == GATEWAY else 'the organisation'}"] += 1
        self._break(letter, objections, f"MAIL at {host}")

    def arrived(self, message_id: str, host: str, envelope: Envelope, data: bytes) -> None:
        """Judge what a server has taken."""
        letter = self.letters[message_id]
        letter.arrivals.append(host)
        objections = []
        if len(letter.arrivals) > letter.sends:
            objections.append(f"arrived {len(letter.arrivals)} times")
        head, _, body = data.decode().partition("\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.replace("\r\n ", " ").split("\r\n"))
        if body.rstrip("\r\n") != letter.text:
            objections.append("with another text")
        if letter.sender not in fields["From"]:
            objections.append(f"from {fields['From']}")
        if fields.get("Sender", letter.sender).strip("<>") != str(envelope.sender):
            objections.append(f"as {envelope.sender} with Sender: {fields.get('Sender')}")
        if letter.message_id not in {"", fields["Message-ID"]}:
            objections.append("with another Message-ID")
        letter.message_id = fields["Message-ID"]
        self._break(letter, objections, f"arrived at {host}")

    def _about(self, letter: Letter) -> list[str]:
        objections = []
        if letter.is_taken_back or not letter.is_posted:
            objections.append("it was taken back, or never posted")
        if letter.wanted is not None and self._machine.wall() < letter.wanted:
            objections.append(f"{letter.wanted - self._machine.wall():.0f} s before its time")
        if self._known is not None and not self._known.meaning.mail and not self._is_doubtful:
            objections.append("mail is switched off")
        return objections

    def _about_server(self, letter: Letter, host: str, envelope_from: str) -> list[str]:
        has_gateway = letter.sender == PARTNER and not letter.over_organisation
        if host == GATEWAY:
            objections = self._against_gateway() if has_gateway else ["the gateway is another address's"]
            return objections + ([f"as {envelope_from}"] if envelope_from != letter.sender else [])
        if has_gateway:
            return ["it has a gateway, and nobody chose another way"]
        if letter.sender in _INTERNAL:
            return [f"as {envelope_from}"] if envelope_from != letter.sender else []
        needs = self._known is not None and self._known.meaning.needs_gateway and not self._owns(letter.sender)
        return ["an external address needs a gateway"] if needs and not self._is_doubtful else []

    def _owns(self, sender: str) -> bool:
        """Whether the organisation says that the address is its own."""
        return self._known is not None and self._known.meaning.owns_partner and sender == PARTNER

    def _against_gateway(self) -> list[str]:
        if self._known is None:
            return ["no policy is known"]
        objections = self._stale()
        meaning = self._known.meaning
        if not meaning.gateways:
            objections.append("the policy forbids gateways")
        if meaning.owns_partner:
            objections.append("the domain is the organisation's own")
        if self._age() > _RECENT and not self._just_failed():
            objections.append(f"not asked for anew: {self._age():.0f} s old")
        return objections + self._withdrawn()

    def _stale(self) -> list[str]:
        """Say why the policy that is known cannot be relied on any more."""
        if self._known is None:
            return []
        by_wall, objections = self._machine.wall() - self._wall, []
        if self._age() > DAY:
            objections.append(f"{self._age():.0f} s since it was confirmed")
        if self._known.expires - self._wall <= self._age():
            objections.append("it has expired")
        if by_wall < -_SLACK or self._age() - by_wall > _SLACK:
            objections.append("the clock ran backwards")
        return objections

    def _age(self) -> float:
        by_wall = self._machine.wall() - self._wall
        return by_wall if self._boot is None else max(by_wall, self._machine.boot() - self._boot)

    def _just_failed(self) -> bool:
        return self._failed is not None and self._machine.boot() - self._failed <= _PATIENCE

    def _withdrawn(self) -> list[str]:
        """Whatever the program believes: what has been withdrawn, and said so for 15 minutes, is withdrawn."""
        publisher = self.publisher
        assert publisher is not None
        meaning, served = publisher.current.meaning, self._machine.true - publisher.served_since
        is_withdrawn = not meaning.gateways or not meaning.mail
        # A check that began before is over only now where the machine slept meanwhile.
        is_long = served > _RECENT + _SLOW and not self._just_failed()
        return ["withdrawn long ago"] if publisher.mode == "up" and is_withdrawn and is_long else []

    def _break(self, letter: Letter, objections: list[str], what: str) -> None:
        for objection in objections:
            self.broken.append(f"{letter.id} from {letter.sender}: {what}: {objection}")
