"""Signpost's server against stock Rasa: the same questions, one machine, one run. `make bench` runs it."""
