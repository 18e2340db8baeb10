"""The first start: work address, policy, sign-in."""
