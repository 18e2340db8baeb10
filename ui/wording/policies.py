"""Sentences about the policy document and where it comes from."""

from __future__ import annotations

from app.errors import Reason
from ui.texts import translate
from ui.wording.facts import Table

__all__ = ["POLICIES"]

POLICIES: Table = {
    Reason.POLICY_NO_SOURCE: lambda: (
        translate("messages", "It is not known where your organisation publishes its policy."),
        translate("messages", "Ask your administrator for the web address or file of the policy, and enter it."),
    ),
    Reason.POLICY_BAD_SOURCE: lambda: (
        translate("messages", "The policy cannot be fetched from “{source}”."),
        translate("messages", "Enter an address that begins with https://, or a file."),
    ),
    Reason.POLICY_UNREACHABLE: lambda: (
        translate("messages", "The policy server {host} cannot be reached."),
        translate("messages", "Check your internet connection, then check the policy again."),
    ),
    Reason.POLICY_TIMEOUT: lambda: (
        translate("messages", "The policy server {host} did not answer in time."),
        translate("messages", "Check the policy again in a while."),
    ),
    Reason.POLICY_TLS: lambda: (
        translate("messages", "No secure connection to the policy server {host} could be made: {detail}."),
        translate(
            "messages", "See whether this computer's clock is right; if so, ask your administrator about the server."
        ),
    ),
    Reason.POLICY_HTTP_STATUS: lambda: (
        translate("messages", "The policy server {host} answered with error {status}."),
        translate("messages", "Check again in a while. If it stays like this, tell your administrator."),
    ),
    Reason.POLICY_NOT_FOUND: lambda: (
        translate("messages", "There is no policy for you at {source}."),
        translate("messages", "Check the address you entered, or ask your administrator to publish a policy for you."),
    ),
    Reason.POLICY_REDIRECT: lambda: (
        translate("messages", "The policy server {host} points to another server ({target}); that was not followed."),
        translate("messages", "Ask your administrator for the right address of the policy."),
    ),
    Reason.POLICY_TOO_LARGE: lambda: (
        translate("messages", "What came from {source} is too large to be a policy."),
        translate("messages", "Check the address you entered, or tell your administrator."),
    ),
    Reason.POLICY_HTML: lambda: (
        translate("messages", "In place of a policy {host} sent a web page, perhaps the sign-in page of this network."),
        translate("messages", "Open a web browser, sign in to the network if it asks you to, then check again."),
    ),
    Reason.POLICY_NOT_JSON: lambda: (
        translate("messages", "What came from {source} is not a policy: {detail}."),
        translate("messages", "Check again in a while. If it stays like this, tell your administrator."),
    ),
    Reason.POLICY_BAD_DOCUMENT: lambda: (
        translate("messages", "The policy from {source} has a mistake: {detail}."),
        translate("messages", "Send this text to your administrator."),
    ),
    Reason.POLICY_BAD_FORMAT: lambda: (
        translate("messages", "The policy is written in a format this version does not know: “{format}”."),
        translate("messages", "Update Absender, or tell your administrator."),
    ),
    Reason.POLICY_OTHER_USER: lambda: (
        translate("messages", "This policy is for {found}, not for {expected}."),
        translate("messages", "Check the address you entered, or tell your administrator."),
    ),
    Reason.POLICY_ROLLBACK: lambda: (
        translate(
            "messages", "The policy that came (number {serial}) is older than one already seen (number {newest})."
        ),
        translate("messages", "The newer one stays in force. Tell your administrator if this goes on."),
    ),
    Reason.POLICY_SAME_SERIAL: lambda: (
        translate("messages", "The policy has changed without a new number ({serial}), so it was not accepted."),
        translate("messages", "Ask your administrator to publish it again with a higher number."),
    ),
    Reason.POLICY_EXPIRED: lambda: (
        translate("messages", "Your organisation's policy expired on {expires_at}."),
        translate("messages", "Check again. If no newer policy comes, tell your administrator."),
    ),
    Reason.POLICY_UNREADABLE: lambda: (
        translate("messages", "The policy in {source} cannot be read: {detail}."),
        translate("messages", "Check that the file is there and that you may read it."),
    ),
    Reason.POLICY_CA_UNREADABLE: lambda: (
        translate("messages", "The certificate file {file} cannot be read."),
        translate("messages", "Check that it is there and holds certificates in PEM form."),
    ),
    Reason.POLICY_UNSIGNED: lambda: (
        translate("messages", "The policy from {source} is not signed, so it was not accepted."),
        translate(
            "messages", "This computer accepts only policies that your organisation signed. Tell your administrator."
        ),
    ),
    Reason.POLICY_BAD_SIGNATURE: lambda: (
        translate("messages", "The signature of the policy from {source} is wrong: {detail}."),
        translate("messages", "The policy was not accepted. Send this text to your administrator."),
    ),
    Reason.POLICY_OTHER_KEY: lambda: (
        translate(
            "messages", "The policy from {source} is signed with a key that this computer does not know ({key})."
        ),
        translate("messages", "The policy was not accepted. Ask your administrator for the right key."),
    ),
    Reason.POLICY_CHANGED_HERE: lambda: (
        translate("messages", "The copy of your organisation's policy on this computer was changed or damaged."),
        translate("messages", "It is not used. Connect to the network and check again, to fetch the policy anew."),
    ),
    Reason.POLICY_SET_BACK: lambda: (
        translate(
            "messages",
            "The policy on this computer (number {serial}) is older than one it has already seen (number {newest}).",
        ),
        translate(
            "messages",
            "Perhaps a backup was restored. Connect to the network and check again, to fetch it anew.",
        ),
    ),
    Reason.POLICY_BAD_KEY: lambda: (
        translate("messages", "“{key}” is no key for policies."),
        translate("messages", "A key begins with “ed25519:”, and 43 characters follow. Copy it once more in full."),
    ),
    Reason.POLICY_TOO_MANY_KEYS: lambda: (
        translate("messages", "At most {limit} keys for policies can be given."),
        translate("messages", "Leave out the key that your organisation no longer uses."),
    ),
    Reason.MANAGED_UNREADABLE: lambda: (
        translate("messages", "Your administrator's settings in {file} cannot be read: {detail}."),
        translate(
            "messages",
            "Own SMTP servers and sign-ins with the browser wait until they can. Tell your administrator.",
        ),
    ),
    Reason.MANAGED_WRONG: lambda: (
        translate("messages", "Your administrator's settings in {file} have a mistake: {detail}."),
        translate(
            "messages",
            "Own SMTP servers and sign-ins with the browser wait until it is mended. Tell your administrator.",
        ),
    ),
    Reason.MANAGED_LOCKED: lambda: (
        translate("messages", "Your administrator has set where the policy comes from ({file})."),
        translate("messages", "Leave out the policy, its keys and its certificates: they are set already."),
    ),
    Reason.POLICY_KEY_UNREADABLE: lambda: (
        translate("messages", "The private key in {file} cannot be used: {detail}."),
        translate("messages", "Choose the file that “absender policy keygen” wrote."),
    ),
    Reason.PREVIEW_OTHER_DOMAIN: lambda: (
        translate("messages", "{address} is not in one of your organisation's domains."),
        translate("messages", "Enter an address of your organisation."),
    ),
    Reason.PREVIEW_UNKNOWN_UNIT: lambda: (
        translate("messages", "There is no organisational unit “{unit}” in this directory."),
        translate("messages", "Choose one of the units that are listed."),
    ),
    Reason.PREVIEW_UNKNOWN_GROUP: lambda: (
        translate("messages", "There is no group “{group}” in this directory."),
        translate("messages", "Choose from the groups that are listed."),
    ),
}
