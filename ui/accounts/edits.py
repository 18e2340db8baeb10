"""What is changed in the Accounts dialog and not saved yet: a value on top of the stored profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.policy.evaluate import Policy
from app.profile import Profile, ReplyFrom, SendAsAddress, WhenMissed

__all__ = ["Accounts", "Edits"]


@dataclass(frozen=True, slots=True)
class Edits:
    """Changes that may still be dropped; what was added or edited elsewhere meanwhile is not lost by them."""

    default_id: str = ""
    deleted: frozenset[str] = frozenset()
    reply_from: ReplyFrom | None = None
    undo_seconds: int | None = None
    when_missed: WhenMissed | None = None

    def applied(self, profile: Profile) -> Profile:
        """Return `profile` with the changes; those that no longer fit it are left out."""
        changed = profile
        for entry in profile.addresses:
            if entry.id in self.deleted and not entry.is_primary:
                changed = changed.without(entry.id)
        chosen = next((entry for entry in changed.addresses if entry.id == self.default_id), None)
        if chosen is not None and chosen.is_verified:
            changed = changed.with_default(chosen.id)
        return replace(
            changed,
            reply_from=changed.reply_from if self.reply_from is None else self.reply_from,
            undo_seconds=changed.undo_seconds if self.undo_seconds is None else self.undo_seconds,
            when_missed=changed.when_missed if self.when_missed is None else self.when_missed,
        )


@dataclass(frozen=True, slots=True)
class Accounts:
    """All that the panel shows."""

    profile: Profile
    """With the changes that are not saved yet."""
    policy: Policy
    now: datetime
    held: Mapping[str, int] = field(default_factory=dict)
    """How many messages wait, by the id of the address they are from."""
    no_secret: frozenset[str] = frozenset()
    """The ids of addresses whose server has no password, or no sign-in, in the keychain."""
    deleted: tuple[tuple[int, SendAsAddress], ...] = ()
    """Addresses that go when the changes are saved, with their places in the list, in its order."""

    def rows(self) -> list[tuple[SendAsAddress, bool]]:
        """Return every address in its place, and whether it is deleted."""
        rows = [(entry, False) for entry in self.profile.addresses]
        for place, entry in self.deleted:
            rows.insert(place, (entry, True))
        return rows
