"""What the preview is about, as a value: the organisation now and after the changes, and whom one looks at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from app.policy.directory import Directory, User
from app.preview.change import Change, apply_change
from app.preview.pieces import PIECE, Pieces

__all__ = ["Both", "Plan", "finding", "looking_up", "of_both"]

Both = tuple[User | None, User | None]
"""A person as the directory before and the one after have them; None where they are not in it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Changes that exist nowhere else, on top of an organisation that stays as it was read.

    With a second export, `later`, that one is what comes after, and changes are on top of it.
    """

    now: Directory
    origin: str
    """What people are told of where the policy is from."""
    user: User
    later: Directory | None = None
    later_origin: str = ""
    history: tuple[Directory, ...] = field(default=(), repr=False)
    """The organisation after each change, the last one as it is wanted."""

    @property
    def after(self) -> Directory:
        """The organisation with all changes."""
        return self.history[-1] if self.history else self.later or self.now

    @property
    def after_origin(self) -> str:
        """What people are told of where the policy afterwards is from."""
        return self.later_origin if self.later is not None else self.origin

    @property
    def differs(self) -> bool:
        """Whether there are two sides: a change, or a second export."""
        return self.is_changed or self.later is not None

    @property
    def is_changed(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self.history)

    def with_change(self, change: Change) -> Plan:
        """Return the plan with one more change; the same one where it changes nothing. Raises KeyError."""
        changed = apply_change(self.after, change)
        return self if changed is self.after else replace(self, history=(*self.history, changed))

    def without_last(self) -> Plan:
        """Return the plan without the last change."""
        return replace(self, history=self.history[:-1])

    def without_changes(self) -> Plan:
        """Return the plan as it began."""
        return replace(self, history=())

    def with_user(self, user: User) -> Plan:
        """Return the plan for another person."""
        return replace(self, user=user)

    def against(self, later: Directory, origin: str, later_origin: str) -> Plan:
        """Return the plan that compares with a second export; both origins are told anew."""
        return Plan(self.now, origin, self.user, later, later_origin)

    def swapped(self) -> Plan:
        """Return the plan with the second export first, without changes; the same one where there is none."""
        if self.later is None:
            return self
        return Plan(self.later, self.later_origin, self.user, self.now, self.origin)

    def alone(self) -> Plan:
        """Return the plan of the last export alone, with its changes; the same one where there is no second."""
        if self.later is None:
            return self
        return Plan(self.later, self.later_origin, self.user, history=self.history)


def finding(users: Iterable[User], email: str) -> Pieces[User | None]:
    """Return the person with an address; None where there is none."""
    wanted = email.lower()
    for number, user in enumerate(users):
        if user.email.lower() == wanted:
            return user
        if not number % PIECE:
            yield
    return None


def looking_up(plan: Plan) -> Pieces[Both]:
    """Return the plan's person as both sides have them; somebody who is invented is the same on both."""
    if plan.later is None:
        return plan.user, plan.user
    before = yield from finding(plan.now.users, plan.user.email)
    after = yield from finding(plan.later.users, plan.user.email)
    return (plan.user, plan.user) if before is None and after is None else (before, after)


def of_both(before: Directory, after: Directory) -> Pieces[tuple[User, ...]]:
    """Return everybody of two exports: as the later one has them, then who is in the first alone."""
    there = set[str]()
    for number, user in enumerate(after.users):
        there.add(user.email.lower())
        if not number % PIECE:
            yield
    gone = []
    for number, user in enumerate(before.users):
        if user.email.lower() not in there:
            gone.append(user)
        if not number % PIECE:
            yield
    return (*after.users, *gone)
