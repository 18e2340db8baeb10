"""From what was typed to the bytes that go out: draft, MIME, the last gate."""
