"""What the organisation allows: the document, its evaluation, where it comes from and how fresh it is."""
