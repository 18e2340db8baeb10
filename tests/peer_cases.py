"""The test cases of other mail programs and of the STARTTLS researchers that this program is held to, by id.

K9 is K-9 Mail (K9P its reply parser, K9R its log lines, K9V its settings check, K9D its dot-stuffing).
"""

__all__ = ["PEER_CASES"]

_K9_TRANSPORT = {
    "K9-1": "EHLO offers nothing",
    "K9-2": "no sign-in offered, none wanted",
    "K9-3": "PLAIN and LOGIN are offered",
    "K9-4": "only LOGIN is offered",
    "K9-5": "AUTH is offered without any mechanism",
    "K9-6": "only CRAM-MD5 is offered",
    "K9-7": "CRAM-MD5 is wanted and not offered",
    "K9-8": "OAUTHBEARER",
    "K9-9": "OAUTHBEARER and XOAUTH2",
    "K9-10": "XOAUTH2",
    "K9-11": "XOAUTH2: the token is refused",
    "K9-12": "XOAUTH2: the token has expired",
    "K9-13": "XOAUTH2: the challenge is no JSON",
    "K9-14": "XOAUTH2: the challenge has no status",
    "K9-15": "XOAUTH2: the token has expired twice",
    "K9-16": "no token can be had",
    "K9-17": "OAuth is wanted and not offered",
    "K9-18": "EXTERNAL",
    "K9-19": "EXTERNAL is wanted and not offered",
    "K9-20": "EHLO is answered with 502",
    "K9-21": "a refusal of several lines with enhanced status codes",
    "K9-22": "the long list of extensions of Gmail",
    "K9-23": "STARTTLS, EHLO again, and only then AUTH",
    "K9-24": "STARTTLS is required and not offered",
    "K9-25": "a message without recipients",
    "K9-26": "one recipient",
    "K9-27": "8BITMIME is offered",
    "K9-28": "8bitmime is offered in lower case",
    "K9-29": "a recipient in a domain outside ASCII, SMTPUTF8 offered",
    "K9-30": "a recipient outside ASCII, no SMTPUTF8",
    "K9-31": "a message larger than SIZE",
    "K9-32": "421 after the dot",
    "K9-33": "PIPELINING is offered",
    "K9-34": "PIPELINING is not offered",
    "K9-35": "PIPELINING, and a recipient is refused",
    "K9-36": "PIPELINING, all recipients are refused, and no 354",
    "K9-37": "two recipients are refused",
    "K9-38": "one of two recipients is refused",
}

PEER_CASES = {**_K9_TRANSPORT}
"""Each case's id and what it is about."""
