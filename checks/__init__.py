"""The content checks behind `make check`: everything that is said is measured against the content rules."""
