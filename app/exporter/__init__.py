"""From an organisation's directory and policies to one small document a person, for any static web server."""
