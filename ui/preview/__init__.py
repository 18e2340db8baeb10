"""The administrator's preview: an organisation's policy, changed as in the Admin console, and what people would see."""
