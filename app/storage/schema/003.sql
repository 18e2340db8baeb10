-- One slow server's messages are not looked through for those of another.
CREATE INDEX outbox_queue ON outbox (queue, due) WHERE due IS NOT NULL;
