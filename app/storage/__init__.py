"""What is kept: the database, the profile, drafts, policies, and secrets in the system's keychain."""
