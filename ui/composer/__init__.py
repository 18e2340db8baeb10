"""The window a message is written in."""
