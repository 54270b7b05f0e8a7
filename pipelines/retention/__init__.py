"""What is kept how long, what is still needed, and the removal of the rest."""
