"""The support bundle: what somebody who helps has to know, and nothing a person would not show a stranger."""
