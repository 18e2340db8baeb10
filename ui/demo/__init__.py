"""The demo's windows: the administrator's tick box, and what arrived at which server."""
