"""What the preview is about, as a value: the organisation now and after the changes, and whom one looks at."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from app.policy.directory import Directory, User
from app.preview.change import Change, apply_change

__all__ = ["Plan"]


@dataclass(frozen=True, slots=True)
class Plan:
    """Changes that exist nowhere else, on top of an organisation that stays as it was read."""

    now: Directory
    origin: str
    """What people are told of where the policy is from."""
    user: User
    history: tuple[Directory, ...] = field(default=(), repr=False)
    """The organisation after each change, the last one as it is wanted."""

    @property
    def after(self) -> Directory:
        """The organisation with all changes."""
        return self.history[-1] if self.history else self.now

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
