"""The gateways that `./justw bench gateway` compares."""
