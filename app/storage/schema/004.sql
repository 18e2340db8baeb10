-- Mail for a certain time: `wanted` is the moment a person chose. Only what still waits for it is looked at; what was
-- missed is told until the person has taken note of it.
CREATE TABLE schedule (
    message_id TEXT PRIMARY KEY REFERENCES outbox (id) ON DELETE CASCADE,
    wanted INTEGER NOT NULL,
    standing TEXT NOT NULL CHECK (standing IN ('waiting', 'met', 'missed', 'told'))
) STRICT;

CREATE INDEX schedule_waiting ON schedule (wanted) WHERE standing = 'waiting';
CREATE INDEX schedule_missed ON schedule (wanted) WHERE standing = 'missed';

-- What waited longer than for undo was scheduled.
INSERT INTO schedule (message_id, wanted, standing)
    SELECT id, due, 'waiting' FROM outbox WHERE state = 'queued' AND attempts = 0 AND due - created_at > 30000000;

-- What becomes of such mail when its time has passed unnoticed: sent all the same, or only when the person says so.
ALTER TABLE profile ADD COLUMN when_missed TEXT NOT NULL DEFAULT 'send' CHECK (when_missed IN ('send', 'ask'));
