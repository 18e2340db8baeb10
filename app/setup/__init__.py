"""Setting up an address: the wizard as a value, verification codes, the connection test."""
