"""One random history: a person, an administrator and a machine, and whatever happens to them in whatever order."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

from app.address import Address, Mailbox
from app.delivery.outbox import QueuedMessage, State
from app.delivery.posting import post, send_through_organisation
from app.errors import ExpectedError, Reason
from app.message.draft import Draft
from tests.faults.histories_program import Program
from tests.faults.histories_rules import ALIAS, PARTNER, PRIMARY, SHOP, Letter, Rules
from tests.faults.histories_world import DAY, HOUR, MINUTE, Meaning, Post, Publisher
from tests.faults.machine import Machine, at

__all__ = ["History"]

_STEPS = 26
_NEEDS_A_PERSON = {Reason.SCHEDULE_MISSED, Reason.SCHEDULE_CLOCK_SET}
_ENDS_A_CONNECTION = ("crash", "switch off", "restart", "sleep", "lose network", "restore backup")
_COPY = "SELECT source, data, etag, serial, digest, checked_at, since, problem FROM policy"
_RESTING = {State.SENT, State.CANCELLED}


class History:
    """One person, one organisation and one machine, and what happens to them."""

    def __init__(self, seed: int, home: Path, tell: Callable[[str], None] = lambda _: None) -> None:
        self.seed = seed
        self.dice = random.Random(seed)
        self.machine = Machine()
        self.rules = Rules(self.machine)
        self.publisher = Publisher(self.machine, self.dice, self.rules.answered)
        self.rules.publisher = self.publisher
        self.post = Post(self.machine, self.dice, self.rules.mail, self.rules.arrived)
        self.program = Program(home, self.machine, self.publisher, self.post)
        self.counts: Counter[str] = Counter()
        self._tell = self.rules.tell = lambda what: tell(
            f"{self.machine.true:10.1f} {self.machine.set_by:+10.1f} {what}"
        )
        self._kept: list[tuple[object, ...]] = []
        """Copies of the policy, as a backup would have them."""

    async def run(self) -> None:
        """Live through it all, and look at how it ended."""
        asyncio.get_running_loop().set_exception_handler(self._take_bug)
        await self.program.set_up(self.dice)
        events, weights = zip(*self._events().items(), strict=True)
        for _ in range(_STEPS):
            event = self.dice.choices(events, weights)[0]
            self.note(event.__name__.strip("_").replace("_", " "))
            await event()
            await self._pass(self.dice.choices([0.0, 3.0, 2 * MINUTE, 20 * MINUTE, 70 * MINUTE], [6, 6, 8, 5, 1])[0])
        await self._all_is_well()
        await self._judge_the_end()
        await self.program.end()

    def _take_bug(self, _: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        if not self.program.is_dying:
            self.rules.broken.append(f"a bug: {context.get('message')}: {context.get('exception')!r}")

    def _events(self) -> dict[Callable[[], Awaitable[None]], float]:
        return {
            self._wait_a_day: 0.2,
            self._send: 30,
            self._schedule: 8,
            self._compose: 3,
            self._decide: 14,
            self._publish: 12,
            self._serve_otherwise: 12,
            self._set_clock: 5,
            self._sleep: 6,
            self._restart: 5,
            self._crash: 3,
            self._switch_off: 2,
            self._restore_backup: 3,
            self._open_accounts: 3,
            self._lose_network: 3,
        }

    def note(self, what: str) -> None:
        """Count an event, and tell it."""
        self.counts[what] += 1
        self._tell(what)

    async def _pass(self, most: float) -> None:
        """Let some time pass in which everybody goes on with what they do."""
        await asyncio.sleep(most * self.dice.random())

    # The person

    def _letter(self, wanted: float | None = None) -> Letter:
        number = len(self.rules.letters) + 1
        sender = self.dice.choices([PRIMARY, ALIAS, PARTNER, SHOP], [2, 1, 6, 2])[0]
        text = f"Nachricht {self.seed}-{number}"
        to = (Mailbox(Address.parse(f"m{number}@empfang.example"), ""),)
        draft = Draft(f"m{number}", Address.parse(sender), to=to, subject=f"Betreff {number}", text=text)
        letter = Letter(draft.id, sender, text, draft, wanted)
        self.rules.letters[letter.id] = letter
        return letter

    async def _send(self) -> None:
        undo = self.dice.choice([0.0, 0.0, 10.0, 30.0])
        await self._posted(self._letter(), self.machine.wall() + undo if undo else None)

    async def _schedule(self) -> None:
        wanted = self.machine.wall() + self.dice.choice([2 * MINUTE, HOUR, 30 * HOUR]) * (0.6 + self.dice.random())
        wanted = float(int(wanted))
        await self._posted(self._letter(wanted), wanted)

    async def _posted(self, letter: Letter, due: float | None) -> None:
        services = self.program.services
        await services.drafts.save(letter.draft, services.now())
        letter.is_posted = True
        try:
            message = await post(
                letter.draft,
                profile=services.the_profile,
                policy=services.policy,
                outbox=services.outbox,
                now=services.now(),
                due=None if due is None else at(due),
            )
        except ExpectedError as error:
            letter.is_posted = False
            self.note(f"refused: {error.problem.reason}")
            return
        self._tell(f"  {letter.id} from {letter.sender} is {message.state}")
        services.postman.wake()

    async def _compose(self) -> None:
        letter = self._letter()
        await self.program.services.drafts.save(letter.draft, self.program.services.now())

    async def _decide(self) -> None:
        """Do something about one message of the outbox."""
        messages = await self.program.services.outbox.list([state for state in State if state not in _RESTING])
        if not messages:
            return
        message = self.dice.choice(messages)
        choices = [self._retry, self._cancel, self._wait]
        if message.state is State.HELD:
            choices = [self._through_organisation, self._back_to_drafts, self._wait, self._retry]
        if message.state is State.UNCERTAIN:
            choices = [self._retry, self._wait]
        choice = self.dice.choice(choices)
        self._tell(f"  {choice.__name__} {message.id}, which is {message.state} {message.problem}")
        with contextlib.suppress(ExpectedError):
            await choice(message, self.rules.letters[message.id])
        self.program.services.postman.wake()

    async def _retry(self, message: QueuedMessage, letter: Letter) -> None:
        before = letter.wanted, letter.sends
        letter.wanted, letter.sends = None, letter.sends + (message.state is State.UNCERTAIN)
        try:
            await self.program.services.outbox.retry(message.id, self.program.services.now())
        except ExpectedError:
            letter.wanted, letter.sends = before
            raise
        self.counts["asked for again"] += 1

    async def _cancel(self, message: QueuedMessage, letter: Letter) -> None:
        await self.program.services.outbox.cancel(message.id, self.program.services.now())
        letter.is_taken_back = True

    async def _wait(self, message: QueuedMessage, letter: Letter) -> None:
        del message, letter

    async def _through_organisation(self, message: QueuedMessage, letter: Letter) -> None:
        services, before = self.program.services, (letter.over_organisation, letter.wanted)
        letter.over_organisation, letter.wanted = True, None
        try:
            moved = await send_through_organisation(
                message,
                profile=services.the_profile,
                policy=services.policy,
                outbox=services.outbox,
                now=services.now(),
            )
        except ExpectedError:
            letter.over_organisation, letter.wanted = before
            raise
        letter.is_made_as_own = moved.sender_header is None
        self.counts["sent through the organisation instead"] += 1

    async def _back_to_drafts(self, message: QueuedMessage, letter: Letter) -> None:
        services = self.program.services
        await services.outbox.to_draft(message.id, services.now(), services.folder.attachments)
        letter.is_taken_back = True
        self.counts["back to the drafts"] += 1

    async def _open_accounts(self) -> None:
        await self.program.services.checked_policy()

    # The organisation

    async def _publish(self) -> None:
        await self._back_up()
        now = self.publisher.current.meaning
        meanings = [Meaning(gateways=not now.gateways)] * 6 + [
            Meaning(gateways=True, mail=False),
            Meaning(gateways=True, needs_gateway=True),
            Meaning(gateways=False, needs_gateway=True),
            Meaning(gateways=True, owns_partner=True),
            now,
        ]
        lasts = self.dice.choice([365 * DAY, 365 * DAY, 2 * HOUR, 20 * MINUTE])
        self.publisher.publish(self.dice.choice(meanings), lasts)
        self._tell(f"  {self.publisher.current.meaning}, serial {self.publisher.current.serial}, for {lasts}")

    async def _serve_otherwise(self) -> None:
        modes = ["offline", "silent", "broken", "portal", "cut", "older", "older", "same serial", "stranger", "forged"]
        up = self.publisher.mode == "up"
        self.publisher.become(self.dice.choice(modes) if up or self.dice.random() < 0.2 else "up")
        self._tell(f"  {self.publisher.mode}")

    # The machine

    async def _set_clock(self) -> None:
        by = self.dice.choice([MINUTE, 4 * MINUTE, 10 * MINUTE, HOUR, 10 * HOUR, 3 * DAY]) * self.dice.choice([-1, 1])
        self.rules.clock_is_set()
        self.machine.set_by = 0.0 if self.dice.random() < 0.3 else self.machine.set_by + by

    async def _sleep(self) -> None:
        self.machine.sleep(self.dice.choice([5 * MINUTE, HOUR, 10 * HOUR, 3 * DAY]) * self.dice.random())
        await self._pass(1.0)
        self.program.do(self.program.woken())

    async def _restart(self) -> None:
        await self.program.end()
        await self._start_again()

    async def _crash(self) -> None:
        await self.program.die()
        await self._start_again()

    async def _switch_off(self) -> None:
        await self.dice.choice([self.program.end, self.program.die])()
        self.machine.sleep(self.dice.choice([HOUR, 20 * HOUR, 4 * DAY]) * self.dice.random())
        self.machine.restart()
        await self._start_again()

    async def _start_again(self) -> None:
        if self.dice.random() < 0.2:  # with a network that is not there yet
            self.publisher.become("offline")
        self.rules.restarted()
        await self.program.start()

    async def _back_up(self) -> None:
        """Keep a copy of the policy as a backup of the data folder would have it."""
        row = await self.program.services.database.read(lambda connection: connection.execute(_COPY).fetchone())
        if row is not None:
            self._kept.append(tuple(row))

    async def _restore_backup(self) -> None:
        """Put back the copy of another day, which the keychain is no part of; and start again, perhaps offline."""
        if not self._kept:
            return
        old = self.dice.choice(self._kept)
        await self.program.services.database.write(
            lambda connection: connection.execute("REPLACE INTO policy VALUES (?, ?, ?, ?, ?, ?, ?, ?)", old)
        )
        await self.program.die()
        self.rules.copy_replaced(int(str(old[3])), (int(str(old[5])) / 1e6) - at(0.0).timestamp())
        self.publisher.become(self.dice.choice(["up", "offline", "offline"]))
        await self._start_again()
        await self._send()

    async def _lose_network(self) -> None:
        self.post.is_offline, mode = True, self.publisher.mode
        self.publisher.become("offline")
        await self.program.services.postman.network_lost()
        await self._pass(40 * MINUTE)
        self.post.is_offline = False
        self.publisher.become(mode)
        await self.program.services.postman.network_back()

    async def _wait_a_day(self) -> None:
        await self._pass(30 * HOUR)

    # The end

    async def _all_is_well(self) -> None:
        """Let everything be allowed and work, for long enough that all that can go by itself goes."""
        self.note("all is well")
        self.rules.clock_is_set()
        self.post.is_calm, self.machine.set_by = True, 0.0
        self.publisher.publish(Meaning(gateways=True))
        self.publisher.become("up")
        await asyncio.sleep(5 * MINUTE)  # for the replies that are still owed: the sleep below would cut them off
        scheduled = [await self.program.services.schedules.wanted(key) for key in self.rules.letters]
        latest = max((wanted - at(0.0)).total_seconds() for wanted in [at(0.0), *filter(None, scheduled)])
        for seconds in (max(latest - self.machine.true, 0.0) + 20 * MINUTE, 70 * MINUTE, 70 * MINUTE):
            if self.seed % 8 or seconds > 2 * HOUR:
                self.machine.sleep(seconds)
                await self._pass(1.0)
                await self.program.woken()
                await asyncio.sleep(4 * MINUTE)
            else:
                await self._rest(seconds)

    async def _rest(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _judge_the_end(self) -> None:
        services = self.program.services
        messages = {message.id: message for message in await services.outbox.list()}
        drafts = {saved.draft.id: saved.draft for saved in await services.drafts.list()}
        for letter in self.rules.letters.values():
            message = messages.get(letter.id)
            self.counts[f"in the end {message.state if message else 'a draft'}"] += 1
            told = self._wrong_end(letter, message, drafts.get(letter.id))
            if told:
                self.rules.broken.append(f"{letter.id} from {letter.sender}: {told}")

    def _wrong_end(self, letter: Letter, message: QueuedMessage | None, draft: Draft | None) -> str:
        """Say what is wrong with where a message is in the end; empty for nothing."""
        if message is None:
            is_lost = draft is None or draft.text != letter.text or (letter.is_posted and not letter.is_taken_back)
            return "lost" if is_lost else ""
        ends = self.post.ends.get(letter.id, set())
        match message.state:
            case State.SENT:
                return "" if letter.arrivals else "told as sent, and never arrived"
            case State.CANCELLED:
                return "" if letter.is_taken_back else "cancelled by nobody"
            case State.FAILED:
                return "" if "5xx" in ends or self.machine.true > 5 * DAY else f"failed: {message.problem}"
            case State.UNCERTAIN:
                return "" if ends or any(map(self.counts.get, _ENDS_A_CONNECTION)) else "uncertain without a cause"
            case State.HELD if message.problem is not None and self._is_for_a_person(message.problem.reason, letter):
                self.counts[f"held for a person: {message.problem.reason}"] += 1
                return ""
            case _:
                return f"stuck: {message.state}, due {message.due}, {message.problem}"

    def _is_for_a_person(self, reason: Reason, letter: Letter) -> bool:
        """Whether a message may wait for this reason though everything is allowed."""
        # Its bytes were made for an address of the organisation's, and now it is none.
        return reason in _NEEDS_A_PERSON or (reason is Reason.ROUTE_CHANGED and letter.is_made_as_own)
