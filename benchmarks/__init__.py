"""The timed work, each against a limit or a peer in the same run. `make bench` runs all of it."""
