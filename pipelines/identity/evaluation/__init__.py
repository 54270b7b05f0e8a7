"""How well people are linked: measured on the sample province, whose truth is known, and on published test sets."""
