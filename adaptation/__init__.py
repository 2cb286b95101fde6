"""Makes the encoder's adapter from our training questions: `make adapter`, run by who changes many of them."""
