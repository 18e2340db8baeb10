"""Delivery: one SMTP session, the outbox and its states, the postman, the journal."""
