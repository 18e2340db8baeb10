"""The hostile cases this program is held to, by id, so that anyone can see which test proves which.

T transport, C certificates, M server misbehaviour, D the message's bytes, H headers, names and addresses, K crash
points of one send, L local faults, F foreign input. The lists of other mail programs are in `peer_cases`.
"""

from tests.peer_cases import PEER_CASES

__all__ = ["CASES"]

_OWN = {
    # Transport and STARTTLS.
    "T1": "EHLO offers no STARTTLS, but AUTH in the clear",
    "T2": "STARTTLS is answered with anything but 220",
    "T3": "STARTTLS is answered with 220, and then clear text comes instead of a handshake",
    "T4": "EHLO is refused and only HELO works",
    "T5": "lines are injected in the same segment as the 220 to STARTTLS",
    "T6": "lines are injected in a segment of their own before the handshake",
    "T7": "what EHLO offers differs before and under TLS",
    "T8": "greeting, EHLO, HELO, RSET or QUIT have wrong codes",
    "T9": "an implicit-TLS port speaks plain text, or a STARTTLS port speaks TLS",
    "T10": "AUTH offers no mechanism that is used here",
    "T11": "a server is set to no encryption",
    # Certificates.
    "C1": "the certificate has expired",
    "C2": "the certificate is not valid yet",
    "C3": "the certificate is for another host",
    "C4": "the certificate does not name the IP address that was asked for",
    "C5": "the certificate is self-signed",
    "C6": "the certificate is from an unknown authority",
    "C7": "the certificate's key is too weak",
    "C8": "the certificate's signature is SHA-1 or MD5",
    "C9": "the certificate has only a common name",
    "C10": "a wildcard certificate is shown for the bare domain",
    "C11": "the server speaks TLS 1.1 at most",
    "C12": "the host is internationalised, the certificate has its A-label",
    "C13": "the chain is longer than 16 certificates, or one of them larger than 64 KiB",
    "C14": "the certificate has been revoked",
    # Server misbehaviour.
    "M1": "an endless line, an endless reply, a flood of greetings",
    "M2": "a reply octet by octet, no greeting, a tarpit at each recipient",
    "M3": "control characters, bidirectional marks or 8 KB in a reply",
    "M4": "a line nobody asked for, two replies in one segment",
    "M5": "a reply with mixed codes, no code, bare CR or LF",
    "M6": "421 at any stage or while idle",
    "M7": "the connection is cut after any command or within the message",
    "M8": "the connection is cut after the dot, before its reply",
    "M9": "250 and the connection is cut at once",
    "M10": "a refusal and the end of the connection while the message is still written",
    "M11": "greylisting at the recipient or the dot",
    "M12": "452: too many recipients or too much mail",
    "M13": "one of several recipients is refused",
    "M14": "some recipients are refused for good, others for now",
    "M15": "SIZE smaller than the message, absent, zero or senseless; 552",
    "M16": "550 5.7.1: the server's policy refuses the sender",
    "M17": "sign-in refused: 535, 534, 530, 538, 454, 500",
    "M18": "530: STARTTLS has to come first",
    "M19": "251 or 252 to a recipient, 221 to anything, 250 instead of 354",
    "M20": "QUIT is not answered, the connection never closed",
    "M21": "AUTH asks again and again, or asks nonsense",
    "M22": "EHLO offers junk",
    "M23": "capabilities in lower case, AUTH in its old form",
    # The message's bytes.
    "D1": "the six ways to fake the end of data in one body",
    "D2": "dots at the beginnings of lines",
    "D3": "bare CR, bare LF and NUL in what was written",
    "D4": "lines longer than 998 octets",
    "D5": "8-bit text where the server offers no 8BITMIME",
    "D6": "all of these in an attached message",
    "D7": "a server that offers CHUNKING and PIPELINING",
    "D8": "a message kept over attempts at servers that can less",
    # Headers, names, addresses.
    "H1": "line ends and NUL in the subject, a name, a file name",
    "H2": "encoded words that hold line ends",
    "H3": "quotes, commas, angle brackets and =? that are meant as text",
    "H4": "empty and blank names",
    "H5": "a file name of 300 characters outside ASCII",
    "H6": "file names with paths, NUL or bidirectional marks",
    "H7": "a subject of 3,000 characters, emoji sequences, a lone surrogate",
    "H8": "500 recipients, groups, Bcc alone",
    "H9": "the same recipient in To, Cc and Bcc",
    "H10": "a display name that holds another address",
    "H11": "confusable names and domains, bidirectional marks in names",
    "H12": "quoted local parts, address literals, length limits, trailing dot, case",
    "H13": "an address outside ASCII: its domain, its local part",
    "H14": "Bcc on every way a message takes",
    "H15": "the checker: a header line, part or identity that is not what was meant",
    # Crash points of one send.
    "K0": "killed between typing and autosave",
    "K1": "killed between the click and the commit of queued",
    "K2": "killed between queued and attempting",
    "K3": "killed between attempting and the commit of data_end",
    "K4": "killed between data_end and the dot",
    "K5": "killed between the dot and its reply",
    "K6": "killed between the 250 and the commit of sent",
    "K7": "killed after sent",
    # The policy.
    "P1": "the copy of the policy in the database is edited",
    "P3": "an older policy, well signed, is served again",
    "P4": "the database is restored from a backup, or emptied",
    # Local faults.
    "L1": "two programs over one data folder",
    "L2": "disk full, file too large, input/output error, read-only",
    "L3": "database corrupt, its log missing, newer, empty",
    "L4": "data folder open to all, links, pipes, another owner",
    "L5": "keychain missing, locked, denied, hanging, in plain text",
    "L6": "secrets anywhere but in the keychain",
    "L7": "sleep: a peer that is gone, or silent",
    "L8": "names that do not resolve, addresses that lead nowhere",
    "L9": "a captive portal or proxy where the mail server should be",
    "L10": "the clock is wrong",
    "L11": "10,000 messages and one that never goes",
    "L12": "logout or SIGTERM while sending",
    # Foreign input.
    "F1": "mailto: with fields that may not be taken, injected lines, floods",
    "F2": "settings found by autoconfiguration",
    "F3": "pasted HTML with scripts, remote images, local files",
    "F4": "verification codes: guessed, replayed, expired, for a look-alike",
}

CASES = _OWN | PEER_CASES
"""Each case's id and what is bad about it."""
