"""The window of the support bundle."""
