"""Sentences about mail servers, in a connection test or a delivery."""

from __future__ import annotations

from app.errors import Problem, Reason
from ui.texts import translate
from ui.wording.facts import Table, filled

__all__ = ["CERTIFICATES", "SERVERS", "SESSIONS", "certificate_line"]

SERVERS: Table = {
    Reason.SERVER_NOT_FOUND: lambda: (
        translate("messages", "There is no server called {host}."),
        translate("messages", "Check the spelling of the server's name."),
    ),
    Reason.SERVER_OFFLINE: lambda: (
        translate("messages", "This computer is not connected to the internet, so {host} cannot be reached."),
        translate("messages", "Check the connection, then try again."),
    ),
    Reason.SERVER_LOOKUP_FAILED: lambda: (
        translate("messages", "The name {host} cannot be looked up at the moment."),
        translate("messages", "Try again later. If it stays so, check the server's name, or try another network."),
    ),
    Reason.SERVER_UNREACHABLE: lambda: (
        translate("messages", "No way leads from this network to {host}."),
        translate("messages", "Try again later or from another network, or check the server's name."),
    ),
    Reason.SERVER_REFUSED: lambda: (
        translate("messages", "{host} takes no connections on port {port}."),
        translate("messages", "Check server and port. Usual ports are 587 and 465."),
    ),
    Reason.SERVER_TIMEOUT: lambda: (
        translate("messages", "{host} did not answer in time {stage}."),
        translate("messages", "Try again later. If it never answers, check server and port, or try another network."),
    ),
    Reason.SERVER_NOT_SMTP: lambda: (
        translate("messages", "What answers at {host} on port {port} is not a mail server for sending."),
        translate("messages", "Check server and port."),
    ),
    Reason.SERVER_WRONG_SECURITY: lambda: (
        translate("messages", "{host} speaks another kind of encryption on port {port}."),
        translate("messages", "Choose TLS with port 587 or SSL with port 465."),
    ),
    Reason.SERVER_NO_SERVICE: lambda: (
        translate("messages", "{host} does not take mail from here."),
        translate("messages", "Check server and port, or ask whoever runs the server."),
    ),
    Reason.SERVER_NO_STARTTLS: lambda: (
        translate("messages", "{host} offers no encryption on this port. Nothing was sent to it."),
        translate("messages", "Try port 465 with SSL, or ask whoever runs the server."),
    ),
    Reason.SERVER_TLS_FAILED: lambda: (
        translate("messages", "No encrypted connection to {host} could be made: {detail}."),
        translate(
            "messages", "Try the other kind of encryption, or ask whoever runs the server whether it has TLS 1.2."
        ),
    ),
    Reason.SERVER_TLS_TOO_OLD: lambda: (
        translate("messages", "{host} speaks only outdated encryption. Nothing was sent to it."),
        translate("messages", "Ask whoever runs the server to allow TLS 1.2 or newer."),
    ),
    Reason.SERVER_BUSY: lambda: (
        translate("messages", "{host} cannot take mail at the moment."),
        translate("messages", "Nothing is lost. Try again later."),
    ),
    Reason.SERVER_RECIPIENT_LATER: lambda: (
        translate("messages", "{host} does not take mail for {waiting} yet, and asks to wait."),
        translate("messages", "Nothing is lost. Try again later."),
    ),
    Reason.SERVER_PROTOCOL: lambda: (
        translate("messages", "{host} gave an answer that makes no sense: {detail}."),
        translate("messages", "Check server and port. If they are right, tell whoever runs the server."),
    ),
    Reason.SERVER_CONNECTION_LOST: lambda: (
        translate("messages", "The connection to {host} broke off {stage}."),
        translate("messages", "The message was not accepted. Try again later."),
    ),
    Reason.SERVER_UNCERTAIN: lambda: (
        translate("messages", "{host} was given the whole message, but gave no clear answer."),
        translate("messages", "It may have been accepted. Ask a recipient before you send it again."),
    ),
    Reason.CRASH_UNCERTAIN: lambda: (
        translate("messages", "Absender ended while the whole message was being handed to {host}."),
        translate("messages", "It may have been accepted. Ask a recipient before you send it again."),
    ),
}

CERTIFICATES: Table = {
    Reason.SERVER_CERT_EXPIRED: lambda: (
        translate("messages", "The certificate of {host} has expired."),
        translate("messages", "Tell whoever runs the server. Until it is renewed, nothing is sent there."),
    ),
    Reason.SERVER_CERT_NOT_YET_VALID: lambda: (
        translate("messages", "The certificate of {host} is not valid yet."),
        translate("messages", "Check this computer's date and time. If they are right, tell whoever runs the server."),
    ),
    Reason.SERVER_CERT_WRONG_HOST: lambda: (
        translate("messages", "The certificate that {host} shows was issued for another name."),
        translate("messages", "Check the server's name: use the one your mail provider states."),
    ),
    Reason.SERVER_CERT_SELF_SIGNED: lambda: (
        translate("messages", "{host} made its certificate itself; nobody confirms that it is the right server."),
        translate("messages", "Ask whoever runs the server for a proper certificate."),
    ),
    Reason.SERVER_CERT_UNKNOWN_CA: lambda: (
        translate("messages", "The certificate of {host} comes from an authority this computer does not know."),
        translate("messages", "If it is your organisation's own, ask for its certificate file and enter it at set-up."),
    ),
    Reason.SERVER_CERT_WEAK: lambda: (
        translate("messages", "The certificate of {host} is too weak to rely on."),
        translate("messages", "Tell whoever runs the server. Until it is replaced, nothing is sent there."),
    ),
    Reason.SERVER_CERT_TOO_LONG: lambda: (
        translate("messages", "{host} shows more certificates, or larger ones, than any proper server needs."),
        translate("messages", "Check the server's name. If it is right, tell whoever runs the server."),
    ),
}

SESSIONS: Table = {
    Reason.SERVER_NO_AUTH: lambda: (
        translate("messages", "{host} offers no sign-in on this port."),
        translate("messages", "Try port 587 or 465. Port 25 is mostly for servers among themselves."),
    ),
    Reason.SERVER_NO_MECHANISM: lambda: (
        translate("messages", "{host} offers only ways to sign in that Absender does not have: {offered}."),
        translate("messages", "Ask whoever runs the server to allow a user name and password over TLS."),
    ),
    Reason.SERVER_AUTH_REJECTED: lambda: (
        translate("messages", "{host} did not accept the password for {username}."),
        translate("messages", "Enter user name and password again. Often the user name is the whole address."),
    ),
    Reason.SERVER_AUTH_APP_PASSWORD: lambda: (
        translate("messages", "{host} wants an app password for {username}."),
        translate("messages", "Create one in the account settings of your mail provider, and enter it here."),
    ),
    Reason.SERVER_AUTH_TEMPORARY: lambda: (
        translate("messages", "{host} cannot check the sign-in at the moment."),
        translate("messages", "Nothing is lost. Try again later."),
    ),
    Reason.SERVER_SENDER_REJECTED: lambda: (
        translate("messages", "{host} does not let you send as {address}."),
        translate("messages", "Check that the user name belongs to this address, or ask whoever runs the server."),
    ),
    Reason.SERVER_RECIPIENT_REJECTED: lambda: (
        translate("messages", "{host} refused the recipient {recipients}. The message went to nobody."),
        translate("messages", "Correct or remove the recipient, then send again."),
    ),
    Reason.SERVER_TOO_MANY_RECIPIENTS: lambda: (
        translate("messages", "{host} takes only {taken} of {count} recipients at a time."),
        translate(
            "messages",
            "A small message goes out in several parts. Send a large one to fewer people at a time.",
        ),
    ),
    Reason.SERVER_SIZE_REJECTED: lambda: (
        translate("messages", "The message, {size}, is too large for {host}. It was not sent."),
        translate("messages", "Remove attachments or make them smaller."),
    ),
    Reason.SERVER_MESSAGE_REJECTED: lambda: (
        translate("messages", "{host} refused the message. It was not sent."),
        translate("messages", "See what the server says, change the message, and send it again."),
    ),
    Reason.SERVER_NO_SMTPUTF8: lambda: (
        translate("messages", "{host} cannot handle {address}: it has letters outside a–z before the @."),
        translate("messages", "Use an address that has plain letters before the @."),
    ),
}


def certificate_line(problem: Problem) -> str:
    """Return what the certificate that a problem is about says of itself; empty where it could not be read."""
    if not problem.fact("expires_at"):
        return ""
    line = translate("messages", "Certificate for {names}, issued by {issuer}, valid from {begins_at} to {expires_at}")
    return filled(line, problem.facts)
