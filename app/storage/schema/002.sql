-- Recipients that a server refused for good and the person then left out, each with its code and reply.
ALTER TABLE outbox ADD COLUMN left_out TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(left_out));
