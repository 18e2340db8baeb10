"""What to sign in to a mail server with: a password, a command's output, or a token."""
