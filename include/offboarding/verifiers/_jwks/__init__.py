"""Reading JSON Web Key Sets: where they are, and what stands in them."""
