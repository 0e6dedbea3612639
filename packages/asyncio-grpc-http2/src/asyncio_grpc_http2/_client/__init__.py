"""The client: channels, connections to the servers of a target, and calls."""
