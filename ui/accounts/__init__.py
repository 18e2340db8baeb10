"""The Accounts dialog and the wizard that adds an address."""
