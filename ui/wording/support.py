"""The texts of the support bundle: what its files are, and what is not in it."""

from __future__ import annotations

from ui.texts import translate

__all__ = ["support_readme"]


def support_readme(*, mask: bool) -> str:
    """Return what stands first in a bundle: what its files are, and what is not in them."""
    masked = translate(
        "support",
        "Addresses, names, servers, IP addresses and paths were replaced. The same one has the same "
        "replacement everywhere, so that what belongs together can still be seen.",
    )
    plain = translate(
        "support", "Addresses, names, servers and paths are as they are. Give this bundle only to people you trust."
    )
    return (
        "\n\n".join(
            (
                translate("support", "Support bundle of Absender"),
                masked if mask else plain,
                translate(
                    "support",
                    "Not in it: passwords, confirmation codes, subjects, texts and attachments of messages, drafts, "
                    "contacts, signatures, and the arguments of a command that prints a password. The keychain was not "
                    "asked. All files are plain text and can be looked at before they are passed on.",
                ),
                _files(),
            )
        )
        + "\n"
    )


def _files() -> str:
    what = {
        "versions.txt": translate("support", "versions of the program and its parts, kind of system"),
        "storage.txt": translate("support", "state of the data folder and the database, and what could not be read"),
        "profile.txt": translate("support", "your addresses and their servers"),
        "policy.txt": translate("support", "how your organisation's policy stands, and who decided"),
        "routes.txt": translate("support", "for each address the server it goes through, and by which rules"),
        "outbox.txt": translate("support", "messages in the outbox: state, reason, sender, recipients"),
        "journal.txt": translate("support", "each attempt to send: what Absender and the server said"),
        "policy.json": translate("support", "your organisation's policy as it was fetched, where there is one"),
        "log.txt": translate("support", "the end of the log, where there is one"),
    }
    return "\n".join(f"{name}: {text}" for name, text in what.items())
