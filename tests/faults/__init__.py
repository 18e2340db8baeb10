"""What the delivery promises, held against faults: each proof prints its figures, and its short form is a test."""
