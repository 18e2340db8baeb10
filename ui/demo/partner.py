"""What the partner's administrator would write to a new user: the server's data, to be typed or copied."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QWidget

from app.demo.world import PARTNER, DemoWorld
from app.profile import Security
from ui.widgets import Card, Heading, LinkButton, PlainLabel, QuietLabel, icon_button

__all__ = ["PartnerCard"]


class PartnerCard(Card):
    """The partner's SMTP server as rows with a copy button each."""

    def __init__(self, world: DemoWorld, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        starttls = world.partner.access(Security.STARTTLS)
        ssl = world.partner.access(Security.SSL)
        self.body.addWidget(Heading(self.tr("The partner's SMTP server"), level=3))
        self.body.addWidget(
            QuietLabel(
                self.tr(
                    "Add this address in the Accounts window and enter this server for it. Under its other name, with "
                    "the same port, you sign in with the browser."
                )
            )
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        rows = (
            ("partnerAddress", self.tr("Address"), PARTNER),
            ("partnerHost", self.tr("SMTP server"), starttls.host),
            ("partnerTlsPort", self.tr("Port with TLS"), str(starttls.port)),
            ("partnerSslPort", self.tr("Port with SSL"), str(ssl.port)),
            ("partnerUser", self.tr("Username"), starttls.username),
            ("partnerPassword", self.tr("Password"), world.partner.password),
            ("partnerTokenHost", self.tr("Other name"), world.partner.access_with_token().host),
        )
        for index, (name, label, value) in enumerate(rows):
            self._add(grid, index, name, label, value)
        self.body.addLayout(grid)
        self.end_sign_in = LinkButton(self.tr("End the &browser's sign-in"), name="endSignIn")
        self.end_sign_in.setToolTip(self.tr("As somebody does who withdraws it in the settings of an account"))
        self.end_sign_in.clicked.connect(world.partner_sign_in.withdraw)
        self.body.addWidget(self.end_sign_in, 0, Qt.AlignmentFlag.AlignLeft)

    def _add(self, grid: QGridLayout, index: int, name: str, label: str, value: str) -> None:
        text = PlainLabel(value)
        text.setObjectName(name)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        copy = icon_button("copy", self.tr("Copy: {what}").format(what=label), self, name=f"{name}Copy")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(value))
        grid.addWidget(QuietLabel(label, wrap=False), index, 0)
        grid.addWidget(text, index, 1)
        grid.addWidget(copy, index, 2)
