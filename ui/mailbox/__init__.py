"""The main window: drafts, what is on its way and why, and what was sent."""
