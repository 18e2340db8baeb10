"""What a change of the organisation's policy would do: values for the administrator's preview, which touch nothing."""
