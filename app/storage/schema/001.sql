-- Times are microseconds since 1970 in UTC. Nothing secret is stored here: passwords are in the keychain.

-- The person.

CREATE TABLE profile (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id TEXT NOT NULL,
    organisation_server TEXT NOT NULL CHECK (json_valid(organisation_server)),
    policy_source TEXT NOT NULL,
    policy_ca TEXT NOT NULL,
    mail_ca TEXT NOT NULL,
    reply_from TEXT NOT NULL CHECK (reply_from IN ('same', 'default')),
    undo_seconds INTEGER NOT NULL CHECK (undo_seconds BETWEEN 0 AND 30),
    created_at INTEGER
) STRICT;

CREATE TABLE send_as (
    id TEXT PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE,
    address TEXT NOT NULL,
    display_name TEXT NOT NULL,
    reply_to TEXT,
    signature TEXT NOT NULL,
    is_primary INTEGER NOT NULL CHECK (is_primary IN (0, 1)),
    is_default INTEGER NOT NULL CHECK (is_default IN (0, 1)),
    treat_as_alias INTEGER NOT NULL CHECK (treat_as_alias IN (0, 1)),
    smtp_msa TEXT CHECK (smtp_msa IS NULL OR json_valid(smtp_msa)),
    verification TEXT NOT NULL CHECK (verification IN ('accepted', 'pending'))
) STRICT;

CREATE UNIQUE INDEX send_as_primary ON send_as (is_primary) WHERE is_primary;
CREATE UNIQUE INDEX send_as_default ON send_as (is_default) WHERE is_default;

-- Verification codes, hashed, of the addresses that are not confirmed yet.
CREATE TABLE code (
    entry_id TEXT PRIMARY KEY,
    issued TEXT NOT NULL CHECK (json_valid(issued))
) STRICT;

-- What is being written, and to whom was written.

CREATE TABLE draft (
    id TEXT PRIMARY KEY,
    data TEXT NOT NULL CHECK (json_valid(data)),
    saved_at INTEGER NOT NULL
) STRICT;

CREATE TABLE contact (
    id INTEGER PRIMARY KEY,
    address_key TEXT NOT NULL UNIQUE,
    address TEXT NOT NULL,
    name TEXT NOT NULL,
    times_used INTEGER NOT NULL,
    last_used INTEGER NOT NULL
) STRICT;

CREATE INDEX contact_rank ON contact (times_used DESC, last_used DESC);

CREATE TABLE contact_word (
    contact_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    word TEXT NOT NULL,
    PRIMARY KEY (contact_id, word)
) STRICT, WITHOUT ROWID;

CREATE INDEX contact_word_prefix ON contact_word (word, contact_id);

-- The outbox. `due` is when a waiting message may be tried next; no other state has one.

CREATE TABLE outbox (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN
        ('queued', 'attempting', 'data_end', 'sent', 'deferred', 'failed', 'uncertain', 'held', 'cancelled')),
    sender TEXT NOT NULL,
    recipients TEXT NOT NULL CHECK (json_valid(recipients)),
    subject TEXT NOT NULL,
    message_id TEXT NOT NULL,
    size INTEGER NOT NULL CHECK (size > 0),
    via TEXT NOT NULL CHECK (via IN ('organisation', 'gateway')),
    host TEXT NOT NULL,
    queue TEXT NOT NULL,
    envelope_from TEXT NOT NULL,
    sender_header TEXT,
    has_draft INTEGER NOT NULL CHECK (has_draft IN (0, 1)),
    over_organisation INTEGER NOT NULL CHECK (over_organisation IN (0, 1)),
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    asked_for INTEGER NOT NULL CHECK (asked_for IN (0, 1)),
    trying_since INTEGER,
    handed_over_at INTEGER,
    due INTEGER,
    problem TEXT CHECK (problem IS NULL OR json_valid(problem)),
    reply TEXT NOT NULL,
    queue_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    CHECK ((state IN ('queued', 'deferred')) = (due IS NOT NULL)),
    CHECK (problem IS NOT NULL OR state NOT IN ('deferred', 'failed', 'uncertain', 'held'))
) STRICT;

CREATE INDEX outbox_waiting ON outbox (due) WHERE due IS NOT NULL;
CREATE INDEX outbox_state ON outbox (state, number);

CREATE TABLE outbox_draft (
    message_id TEXT PRIMARY KEY REFERENCES outbox (id) ON DELETE CASCADE,
    data TEXT NOT NULL CHECK (json_valid(data))
) STRICT;

-- The message as it goes out, in parts of at most 256 KiB.
CREATE TABLE outbox_part (
    message_id TEXT NOT NULL REFERENCES outbox (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    seq INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (message_id, seq)
) STRICT;

-- Every attempt to deliver a message; it outlives the message.
CREATE TABLE attempt (
    number INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    tls_version TEXT NOT NULL,
    steps TEXT NOT NULL CHECK (json_valid(steps)),
    verdict TEXT NOT NULL,
    problem TEXT CHECK (problem IS NULL OR json_valid(problem)),
    reply TEXT NOT NULL,
    queue_id TEXT NOT NULL,
    dialogue TEXT NOT NULL CHECK (json_valid(dialogue))
) STRICT;

CREATE INDEX attempt_message ON attempt (message_id, number);

-- The organisation's policy: the last good document of each source. `serial` is the highest one ever seen and counts
-- even where the document (`data`) is damaged, so that an older document stays refused.
CREATE TABLE policy (
    source TEXT PRIMARY KEY,
    data BLOB NOT NULL,
    etag TEXT NOT NULL,
    serial INTEGER NOT NULL CHECK (serial >= 0),
    digest TEXT NOT NULL,
    checked_at INTEGER NOT NULL,
    since INTEGER,
    problem TEXT CHECK (problem IS NULL OR json_valid(problem))
) STRICT;
