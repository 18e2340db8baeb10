"""What people see: everything Qt; imports app, never the reverse."""
