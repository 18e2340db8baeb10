"""One address in the list: who, through which server, what stands against it, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.errors import Reason
from app.policy.evaluate import Policy
from app.profile import OAuthSignIn, Profile, SendAsAddress
from app.recipient_view import recipient_view
from app.routing import Refusal, Route, choose_route
from ui.accounts.edits import Accounts
from ui.messages import (
    explain,
    name_of_target,
    on_behalf_line,
    policy_since,
    security_line,
    security_short,
    sent_through_line,
)
from ui.texts import translate
from ui.widgets import Chip, ColourDot, ElidedLabel, LinkButton, QuietLabel

__all__ = ["AddressRow", "DeletedRow", "Standing", "standing_of"]

_WIDE, _NARROWEST = 560, 320
"""Pixels a row has for its text and its links beside it, and at least."""
_DOUBTFUL = frozenset({Reason.ROUTE_POLICY_STALE, Reason.ROUTE_POLICY_UNKNOWN})


@dataclass(frozen=True, slots=True)
class Standing:
    """How an address stands, in words."""

    line: str
    chips: tuple[tuple[str, str], ...]
    """Word and kind of each."""
    actions: tuple[tuple[str, str], ...]
    """Name and label of each: default, edit, delete, verify, choose, password."""


def standing_of(entry: SendAsAddress, accounts: Accounts) -> Standing:
    """Return the words for an address under the policy as it stands."""
    decided = choose_route(entry.address, accounts.profile, accounts.policy)
    held = accounts.held.get(entry.id, 0)
    return Standing(
        _line(entry, decided, accounts, held), _chips(entry, decided, accounts), _actions(entry, decided, accounts)
    )


def _line(entry: SendAsAddress, decided: Route | Refusal, accounts: Accounts, held: int) -> str:
    gateway, is_refused = entry.smtp_msa, isinstance(decided, Refusal) and entry.is_verified
    if gateway is not None and is_refused:
        # Short, because what stands against it matters more.
        where = translate("accounts", "{host}:{port} using {security}")
        parts = [where.format(host=gateway.host, port=gateway.port, security=security_short(gateway.security))]
    else:
        parts = [sent_through_line(gateway, accounts.policy.organisation)]
        if gateway is not None:
            parts.append(security_line(gateway))
        has_own_login = gateway is not None or entry.is_primary
        if has_own_login and entry.id not in accounts.no_secret and _signs_in_with_browser(entry, accounts):
            parts.append(translate("accounts", "signed in with the browser"))
    if isinstance(decided, Route) and decided.on_behalf_of:
        seen = on_behalf_line(recipient_view(decided, accounts.profile))
        parts.append(translate("accounts", "some recipients see “{sender}”").format(sender=seen))
    if isinstance(decided, Refusal) and entry.is_verified:
        parts.append(_against(decided, accounts))
    if (name := _why_name_is_fixed(entry, accounts.policy)) and not is_refused:
        parts.append(name)
    if held:
        text = (
            translate("accounts", "1 message is held")
            if held == 1
            else translate("accounts", "{count} messages are held")
        )
        parts.append(text.format(count=held))
    return " · ".join(parts)


def _signs_in_with_browser(entry: SendAsAddress, accounts: Accounts) -> bool:
    return isinstance((entry.smtp_msa or accounts.profile.organisation_server).sign_in, OAuthSignIn)


def _why_name_is_fixed(entry: SendAsAddress, policy: Policy) -> str:
    """Return that the organisation keeps the name of the primary address as it is; empty where it does not."""
    by = policy.names.decided_by
    if not entry.is_primary or policy.names.value or by is None:
        return ""
    line = translate("accounts", "the name cannot be changed, as set for {target}")
    return line.format(target=name_of_target(by.target))


def _against(refusal: Refusal, accounts: Accounts) -> str:
    since = policy_since(accounts.policy, accounts.now)
    if refusal.problem.reason is Reason.ROUTE_FORBIDDEN and since:
        return since
    return explain(refusal.problem).sentence.rstrip(".")


def _chips(entry: SendAsAddress, decided: Route | Refusal, accounts: Accounts) -> tuple[tuple[str, str], ...]:
    chips = []
    if entry.is_default:
        chips.append((translate("accounts", "default"), "accent"))
    if not entry.is_verified:
        chips.append((translate("accounts", "unconfirmed"), "warn"))
    elif isinstance(decided, Refusal):
        doubtful = decided.problem.reason in _DOUBTFUL
        word = translate("accounts", "on hold") if doubtful else translate("accounts", "not allowed")
        chips.append((word, "warn" if doubtful else "bad"))
    elif entry.id in accounts.no_secret:
        needs = translate("accounts", "needs password")
        if _signs_in_with_browser(entry, accounts):
            needs = translate("accounts", "needs sign-in")
        chips.append((needs, "warn"))
    return tuple(chips)


def _actions(entry: SendAsAddress, decided: Route | Refusal, accounts: Accounts) -> tuple[tuple[str, str], ...]:
    actions = []
    if not entry.is_verified:
        actions.append(("verify", translate("accounts", "Verify")))
    elif accounts.held.get(entry.id):
        actions.append(("choose", translate("accounts", "Choose…")))
    elif entry.id in accounts.no_secret and not isinstance(decided, Refusal):
        label = translate("accounts", "Enter password…")
        if _signs_in_with_browser(entry, accounts):
            label = translate("accounts", "Sign in again…")
        actions.append(("password", label))
    elif not entry.is_default:
        actions.append(("default", translate("accounts", "Make default")))
    actions.append(("edit", translate("accounts", "Edit info")))
    if not entry.is_primary:
        actions.append(("delete", translate("accounts", "Delete")))
    return tuple(actions)


class AddressRow(QWidget):
    """An address that is there."""

    acted = Signal(str, str)
    """The name of an action, and the id of the address."""

    def __init__(self, entry: SendAsAddress, accounts: Accounts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        standing = standing_of(entry, accounts)
        address = entry.address.display
        self.setObjectName(f"row-{address}")
        name = ElidedLabel(accounts.profile.name_for(entry))
        font = name.font()
        font.setBold(True)
        name.setFont(font)
        head = QHBoxLayout()
        head.setSpacing(8)
        if name.whole_text():
            name.setMaximumWidth(240)
            head.addWidget(name)
        head.addWidget(ElidedLabel(f"<{address}>", mode=Qt.TextElideMode.ElideMiddle))
        for word, kind in standing.chips:
            head.addWidget(Chip(word, kind))
        head.addStretch(1)
        texts = QVBoxLayout()
        texts.setSpacing(4)
        texts.addLayout(head)
        texts.addWidget(QuietLabel(standing.line))
        self._links = QHBoxLayout()
        self._links.setSpacing(8)
        self._body = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._body.setSpacing(8)
        self._body.addLayout(texts, 1)
        self._body.addLayout(self._links)
        _row_layout(self, address).addLayout(self._body, 1)
        for action, label in standing.actions:
            link = LinkButton(label, name=f"{action}-{address}")
            link.setAccessibleName(f"{label}: {address}")
            link.clicked.connect(lambda _checked=False, action=action: self.acted.emit(action, entry.id))
            self._links.addWidget(link)
        words = ", ".join(word for word, _kind in standing.chips)
        self.setAccessibleName(_spoken(entry, accounts.profile, words))
        self.setAccessibleDescription(standing.line)

    def minimumSizeHint(self) -> QSize:
        # Where there is less room than for both, the links stand below the text.
        return QSize(_NARROWEST, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = self.width() >= _WIDE
        direction = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        if direction is not self._body.direction():
            self._body.setDirection(direction)
            self._links.setAlignment(Qt.AlignmentFlag(0) if is_wide else Qt.AlignmentFlag.AlignLeading)
            # A link's own padding, so that its text stands below the text above.
            self._links.setContentsMargins(0 if is_wide else -4, 0, 0, 0)
            # At once, so that the row is not seen half way.
            if (layout := self.layout()) is not None:
                layout.activate()


class DeletedRow(QWidget):
    """An address that goes when the changes are saved, with the way back."""

    acted = Signal(str, str)

    def __init__(self, entry: SendAsAddress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        address = entry.address.display
        self.setObjectName(f"row-{address}")
        row = _row_layout(self, address)
        text = self.tr("{address} is deleted when you save.").format(address=address)
        row.addWidget(ElidedLabel(text, quiet=True), 1)
        undo = LinkButton(self.tr("Undo"), name=f"restore-{address}")
        undo.setAccessibleName(self.tr("Undo: keep {address}").format(address=address))
        undo.clicked.connect(lambda: self.acted.emit("restore", entry.id))
        row.addWidget(undo)
        self.setAccessibleName(text)


def _row_layout(owner: QWidget, address: str) -> QHBoxLayout:
    row = QHBoxLayout(owner)
    row.setContentsMargins(20, 10, 12, 10)
    row.setSpacing(8)
    row.addWidget(ColourDot(address))
    row.addSpacing(8)
    return row


def _spoken(entry: SendAsAddress, profile: Profile, words: str) -> str:
    name = profile.name_for(entry)
    who = f"{name} <{entry.address.display}>" if name else entry.address.display
    return f"{who}, {words}" if words else who
