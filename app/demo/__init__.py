"""The demo's small world: a policy server, two mail servers and their inboxes, on this machine only."""
