"""Absender without its windows: addresses, policy, routes, messages, delivery.

In reading order:

- `errors`         what can go wrong, as closed reasons that the user interface turns into sentences
- `limited`        blocking calls into the system, in a thread that holds nothing up
- `hardening`      what is in memory stays there: no core file, no other process that reads it
- `redaction`      secrets taken out of what servers say, before it is written down or shown
- `ordinary_file`  files that somebody names, read with a limit
- `authorities`    certificate authorities from a file, beside the system's
- `lookalike`      letters that only look like others, in domains and names
- `address`        one email address: parsed, compared, shown
- `oauth_client`   as whom an authorization server knows the program, and which mail servers its tokens are for
- `profile`        a person's send-as addresses and the servers they go through
- `policy`         what the organisation allows: its document, its evaluation, where it comes from
- `routing`        `choose_route`: the only place that decides which server a message takes
- `recipient_view` what recipients will see of a route
- `forecast`       what SPF, DKIM and DMARC will probably say of a route, from DNS
- `preview`        what a change of the policy would do, for the administrator's preview
- `message`        from what was typed to the bytes that go out
- `setup`          adding an address: the wizard as a value, codes, the connection test
- `storage`        the database, the profile, drafts, and the keychain
- `sign_in`        what to sign in to a mail server with: a password, a command's output, a token
- `delivery`       one SMTP session, the outbox, the postman, the journal
- `support`        the support bundle: what somebody who helps has to know, and no secrets
- `exporter`       from Google's directory and policies to one document a person, for administrators
- `services`       the wiring of all of these for one data folder
- `instance`       one program a data folder: the lock and how others reach its holder
- `cli`            the command line
- `demo`           a policy server and two mail servers on this machine, to try everything safely
"""

__version__ = "0.1.0"
