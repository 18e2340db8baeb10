"""Sentences about setting up, the keychain and the data folder."""

from __future__ import annotations

from app.errors import Reason
from ui.texts import translate
from ui.wording.facts import Table

__all__ = ["KEYCHAIN", "SETUP", "STORAGE"]

SETUP: Table = {
    Reason.SETUP_FORBIDDEN: lambda: (
        translate("messages", "{address} cannot be added: it would need its own SMTP server, and none is allowed now."),
        translate("messages", "Ask your administrator to allow own SMTP servers."),
    ),
    Reason.SETUP_BAD_HOST: lambda: (
        translate("messages", "The name of the mail server is missing or misspelt."),
        translate("messages", "Enter it as your mail provider states it, such as smtp.partner.example."),
    ),
    Reason.SETUP_BAD_PORT: lambda: (
        translate("messages", "The port must be a number from 1 to 65535."),
        translate("messages", "Usual ports are 587, 465 and 25."),
    ),
    Reason.SETUP_PLAINTEXT: lambda: (
        translate("messages", "An unsecured connection is possible only within this computer, not to {host}."),
        translate("messages", "Choose TLS or SSL."),
    ),
    Reason.SETUP_NO_USERNAME: lambda: (
        translate("messages", "The user name is missing."),
        translate("messages", "Enter the name you sign in with, often the whole email address."),
    ),
    Reason.SETUP_NO_PASSWORD: lambda: (
        translate("messages", "The password is missing."),
        translate("messages", "Enter the password, or a command that prints it."),
    ),
    Reason.SETUP_BAD_CLIENT_ID: lambda: (
        translate("messages", "This is no client ID."),
        translate("messages", "Copy it from where the client is registered."),
    ),
    Reason.SETUP_BAD_TENANT: lambda: (
        translate("messages", "This is no directory (tenant) ID and no domain."),
        translate("messages", "Copy the ID from where the client is registered, or leave the field empty."),
    ),
    Reason.SETUP_BAD_ENDPOINT: lambda: (
        translate("messages", "This is no address at which one signs in."),
        translate("messages", "Enter the one your provider names; it begins with https://."),
    ),
    Reason.SETUP_BAD_SCOPE: lambda: (
        translate("messages", "The scope is missing, or there are characters in it that no scope has."),
        translate("messages", "Enter what your provider names; several are separated by spaces."),
    ),
    Reason.SETUP_PASSWORD_UNREADABLE: lambda: (
        translate("messages", "The password that was passed in is not readable text."),
        translate("messages", "Pass it in UTF-8, on the first line of standard input."),
    ),
    Reason.SETUP_CODE_WRONG: lambda: (
        translate("messages", "This code is wrong or no longer valid."),
        translate("messages", "Use the code from the latest mail, or have a new one sent."),
    ),
    Reason.SETUP_CODE_LIMIT: lambda: (
        translate("messages", "Three codes were sent within an hour; for now there can be no more."),
        translate("messages", "Wait {minutes} min., then have a new one sent."),
    ),
    Reason.SETUP_ALREADY_VERIFIED: lambda: (
        translate("messages", "{address} is already confirmed."),
        translate("messages", "There is nothing more to do."),
    ),
    Reason.SETUP_COMMAND_FAILED: lambda: (
        translate("messages", "The command {program} did not work: {detail}."),
        translate("messages", "Try it in a terminal: its first line must be the password."),
    ),
    Reason.SETUP_COMMAND_TIMEOUT: lambda: (
        translate("messages", "The command {program} printed no password within {seconds} seconds."),
        translate("messages", "Try it in a terminal; it may be waiting for you to type something."),
    ),
    Reason.SETUP_COMMAND_EMPTY: lambda: (
        translate("messages", "The command {program} printed no password."),
        translate("messages", "Try it in a terminal: its first line must be the password."),
    ),
    Reason.PREVIEW_ONLY: lambda: (
        translate("messages", "This is a preview: no server is asked, and nothing is sent."),
        translate("messages", "People who use Absender go on from here."),
    ),
}

KEYCHAIN: Table = {
    Reason.KEYCHAIN_MISSING: lambda: (
        translate("messages", "This system has no keychain in which a password would be safe."),
        translate("messages", "Install GNOME Keyring or KWallet, or use a command that prints the password."),
    ),
    Reason.KEYCHAIN_LOCKED: lambda: (
        translate("messages", "The keychain is locked."),
        translate("messages", "Unlock it, then try again."),
    ),
    Reason.KEYCHAIN_REFUSED: lambda: (
        translate("messages", "The keychain refused Absender: {detail}."),
        translate("messages", "Allow Absender to use it, then try again."),
    ),
    Reason.KEYCHAIN_TIMEOUT: lambda: (
        translate("messages", "The keychain did not answer in time."),
        translate("messages", "See whether it asks for something in another window, then try again."),
    ),
    Reason.KEYCHAIN_BROKEN: lambda: (
        translate("messages", "The keychain broke off while it was asked."),
        translate("messages", "Try again. If that does not help, sign out of this computer and in again."),
    ),
    Reason.KEYCHAIN_INSECURE: lambda: (
        translate("messages", "The keychain “{backend}” would keep the password unprotected, so it is not used."),
        translate("messages", "Install GNOME Keyring or KWallet, or use a command that prints the password."),
    ),
    Reason.KEYCHAIN_NO_PASSWORD: lambda: (
        translate("messages", "The keychain has no password for {username} at {host}."),
        translate("messages", "Enter it in Accounts, under “Edit info”."),
    ),
}

STORAGE: Table = {
    Reason.STORAGE_FULL: lambda: (
        translate("messages", "The disk is full: nothing can be saved in {folder}."),
        translate("messages", "Make room, then try again."),
    ),
    Reason.STORAGE_READ_ONLY: lambda: (
        translate("messages", "Nothing can be saved in {folder}: it is read-only."),
        translate("messages", "Make the folder writable, or use another one (--home)."),
    ),
    Reason.STORAGE_CORRUPT: lambda: (
        translate("messages", "The database {file} is damaged."),
        translate("messages", "Put a copy from your backup in its place. Do not delete it: mail may still be in it."),
    ),
    Reason.STORAGE_NEWER: lambda: (
        translate("messages", "The database {file} was written by a newer version of Absender."),
        translate("messages", "Install the newest version."),
    ),
    Reason.STORAGE_BUSY: lambda: (
        translate("messages", "The database {file} is in use by another program."),
        translate("messages", "Try again in a moment."),
    ),
    Reason.STORAGE_FAILED: lambda: (
        translate("messages", "The database {file} cannot be used: {detail}."),
        translate("messages", "Check the disk and the rights to the folder."),
    ),
    Reason.STORAGE_UNSAFE: lambda: (
        translate("messages", "{file} belongs to somebody else or is not an ordinary file, so it was left alone."),
        translate("messages", "Remove it, or use another data folder (--home)."),
    ),
    Reason.INSTANCE_RUNNING: lambda: (
        translate("messages", "Absender is already running with {folder}."),
        translate("messages", "Use its window, or close it first."),
    ),
    Reason.EXPORT_EXISTS: lambda: (
        translate("messages", "There is already a file {file}; it was left alone."),
        translate("messages", "Choose another name or folder."),
    ),
    Reason.EXPORT_PARTIAL: lambda: (
        translate("messages", "The database is damaged. Messages saved: {saved}; no longer readable: {lost}."),
        translate("messages", "Keep the damaged file. A copy from your backup may have the others."),
    ),
    Reason.EXPORT_FAILED: lambda: (
        translate("messages", "{file} could not be saved: {detail}."),
        translate("messages", "Choose another folder, or make room there."),
    ),
}
