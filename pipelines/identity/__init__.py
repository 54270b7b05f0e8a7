"""Who is who: ID numbers, names, the link cascade and stable person keys."""
