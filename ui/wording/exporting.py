"""Sentences for administrators, about exporting the organisation's policy."""

from __future__ import annotations

from app.errors import Reason
from ui.texts import translate
from ui.wording.facts import Table

__all__ = ["EXPORTING"]

EXPORTING: Table = {
    Reason.DIRECTORY_WRONG: lambda: (
        translate("messages", "The directory in {file} cannot be used: {detail}."),
        translate("messages", "Choose a file that “absender policy export” saved, or export it again."),
    ),
    Reason.EXPORT_INPUT_WRONG: lambda: (
        translate("messages", "What was read from {file} cannot be used: {detail}."),
        translate("messages", "Nothing was published. Correct it or have it written again, then export once more."),
    ),
    Reason.ORGANISATION_WRONG: lambda: (
        translate("messages", "The facts about your organisation in {file} have a mistake: {detail}."),
        translate("messages", "Nothing was published. Correct the file, then export once more."),
    ),
    Reason.CREDENTIALS_WRONG: lambda: (
        translate("messages", "The credentials in {file} cannot be used: {detail}."),
        translate("messages", "Download a new key of the service account from Google Cloud, as JSON."),
    ),
    Reason.GOOGLE_UNREACHABLE: lambda: (
        translate("messages", "Google cannot be reached at {host}."),
        translate("messages", "Nothing was published. Check the internet connection, then export once more."),
    ),
    Reason.GOOGLE_TIMEOUT: lambda: (
        translate("messages", "Google did not answer in time at {host}."),
        translate("messages", "Nothing was published. Export once more in a while."),
    ),
    Reason.GOOGLE_TLS: lambda: (
        translate("messages", "No secure connection to {host} could be made: {detail}."),
        translate(
            "messages",
            "Nothing was published. See whether the clock is right and nothing in between opens connections.",
        ),
    ),
    Reason.GOOGLE_SIGN_IN: lambda: (
        translate("messages", "Google did not let the service account act for {address}."),
        translate(
            "messages",
            "Grant it domain-wide delegation for the scopes that “absender policy export --help” lists.",
        ),
    ),
    Reason.GOOGLE_NOT_ADMIN: lambda: (
        translate(
            "messages", "{address} is no super administrator, and Google tells others only a part of the policies."
        ),
        translate("messages", "Nothing was published. Name a super administrator with --admin."),
    ),
    Reason.GOOGLE_REFUSED: lambda: (
        translate("messages", "Google refused “{what}” with error {status}."),
        translate(
            "messages",
            "Nothing was published. See that the API is switched on and the administrator may use it.",
        ),
    ),
    Reason.GOOGLE_QUOTA: lambda: (
        translate("messages", "Google takes no more requests for “{what}” at the moment."),
        translate(
            "messages", "Nothing was published. Export once more in a few minutes, or at another time of the day."
        ),
    ),
    Reason.GOOGLE_STATUS: lambda: (
        translate("messages", "Google answered “{what}” with error {status}."),
        translate("messages", "Nothing was published. Export once more in a while."),
    ),
    Reason.GOOGLE_ANSWER: lambda: (
        translate("messages", "Google's answer to “{what}” cannot be used: {detail}."),
        translate(
            "messages", "Nothing was published. See whether something between here and Google answers in its place."
        ),
    ),
    Reason.GOOGLE_ENDLESS: lambda: (
        translate("messages", "Google's answer to “{what}” does not end: its pages repeat themselves."),
        translate("messages", "Nothing was published. Export once more in a while."),
    ),
    Reason.PUBLISH_FOLDER: lambda: (
        translate("messages", "The folder {folder} cannot be used: {detail}."),
        translate(
            "messages", "Every document in it is whole. Put it right or choose another folder, then export once more."
        ),
    ),
    Reason.PUBLISH_BUSY: lambda: (
        translate("messages", "Another export is writing to {folder}."),
        translate("messages", "Wait until it has ended."),
    ),
    Reason.PUBLISH_MANY_GONE: lambda: (
        translate("messages", "{count} of {total} people would lose their document in {folder}."),
        translate(
            "messages",
            "Nothing was published, as what was read may be incomplete. If so many have left, add --remove-many.",
        ),
    ),
    Reason.PUBLISH_SECRET: lambda: (
        translate("messages", "{file} is for you alone, and {folder} is what everybody can fetch."),
        translate("messages", "Nothing was published. Keep the file in another folder."),
    ),
    Reason.PUBLISH_TOO_LARGE: lambda: (
        translate("messages", "The document for {address} would be too large to be fetched."),
        translate(
            "messages", "Nothing was published. Fewer policies for this person's units and groups make it smaller."
        ),
    ),
}
