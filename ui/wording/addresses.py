"""Sentences about addresses, names and the profile."""

from __future__ import annotations

from app.errors import Reason
from ui.texts import translate
from ui.wording.facts import Table

__all__ = ["ADDRESSES"]

ADDRESSES: Table = {
    Reason.ADDRESS_EMPTY: lambda: (
        translate("messages", "The email address is missing."),
        translate("messages", "Type it in full, such as name@partner.example."),
    ),
    Reason.ADDRESS_NO_AT: lambda: (
        translate("messages", "“{text}” is not an email address: the @ is missing."),
        translate("messages", "Type it in full, such as name@partner.example."),
    ),
    Reason.ADDRESS_NO_LOCAL: lambda: (
        translate("messages", "In “{text}” the part before the @ is missing."),
        translate("messages", "Type it in full, such as name@partner.example."),
    ),
    Reason.ADDRESS_NO_DOMAIN: lambda: (
        translate("messages", "In “{text}” the domain after the @ is missing."),
        translate("messages", "Type it in full, such as name@partner.example."),
    ),
    Reason.ADDRESS_SPACE: lambda: (
        translate("messages", "“{text}” contains a space; an email address has none."),
        translate("messages", "Remove the space. Separate several addresses with commas."),
    ),
    Reason.ADDRESS_CONTROL: lambda: (
        translate("messages", "This address contains a line break or an invisible character."),
        translate("messages", "Type it by hand instead of pasting it."),
    ),
    Reason.ADDRESS_LOCAL_TOO_LONG: lambda: (
        translate("messages", "The part before the @ is too long: it may have 64 characters, and this has {length}."),
        translate("messages", "Check whether something else was pasted along with it."),
    ),
    Reason.ADDRESS_TOO_LONG: lambda: (
        translate("messages", "This address is too long: it may have 254 characters, and this has {length}."),
        translate("messages", "Check whether something else was pasted along with it."),
    ),
    Reason.ADDRESS_BAD_LOCAL: lambda: (
        translate("messages", "In “{text}” the part before the @ has a character or a dot where none may be."),
        translate("messages", "Check the spelling before the @."),
    ),
    Reason.ADDRESS_BAD_DOMAIN: lambda: (
        translate("messages", "“{domain}” cannot be a domain."),
        translate("messages", "Check the spelling after the @."),
    ),
    Reason.ADDRESS_LITERAL: lambda: (
        translate("messages", "“{text}” has an IP address in place of a domain."),
        translate("messages", "Use an address with a domain, such as name@partner.example."),
    ),
    Reason.NAME_CONTROL: lambda: (
        translate("messages", "The name contains a line break or an invisible character."),
        translate("messages", "Type it by hand instead of pasting it."),
    ),
    Reason.NAME_ENCODED_WORD: lambda: (
        translate("messages", "The name contains “=?”, which some mail programs would turn into something else."),
        translate("messages", "Leave these two characters out."),
    ),
    Reason.NAME_TOO_LONG: lambda: (
        translate("messages", "The name is too long: it may have 320 characters, and this has {length}."),
        translate("messages", "Shorten it."),
    ),
    Reason.PROFILE_MISSING: lambda: (
        translate("messages", "Absender is not set up yet."),
        translate("messages", "Start Absender and follow the set-up, or use the command “absender setup”."),
    ),
    Reason.PROFILE_EXISTS: lambda: (
        translate("messages", "Absender is already set up here, for {address}."),
        translate("messages", "Change what you need in Accounts, or use another data folder (--home)."),
    ),
    Reason.PROFILE_DUPLICATE: lambda: (
        translate("messages", "{address} is already one of your addresses."),
        translate("messages", "Edit it in Accounts, or delete it there before you add it again."),
    ),
    Reason.PROFILE_PRIMARY_FIXED: lambda: (
        translate("messages", "{address} is your primary address and cannot be deleted."),
        translate("messages", "You can make another address the default instead."),
    ),
    Reason.PROFILE_NOT_VERIFIED: lambda: (
        translate("messages", "{address} is not confirmed yet and cannot be the default."),
        translate("messages", "Confirm it first, with the code that was mailed to it."),
    ),
    Reason.PROFILE_UNKNOWN_ADDRESS: lambda: (
        translate("messages", "{address} is not one of your addresses."),
        translate("messages", "Check the spelling, or add the address first."),
    ),
    Reason.PROFILE_TOO_MANY: lambda: (
        translate("messages", "You have {limit} additional addresses, and there can be no more."),
        translate("messages", "Delete one that you no longer use."),
    ),
    Reason.PROFILE_IN_USE: lambda: (
        translate("messages", "{address} is still the sender of messages in the outbox ({count})."),
        translate("messages", "Send or cancel these messages first."),
    ),
}
