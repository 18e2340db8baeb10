-- The organisation's public keys that were given at set-up: with one, only documents signed with it are policies.
ALTER TABLE profile ADD COLUMN policy_keys TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(policy_keys));
