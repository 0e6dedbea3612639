"""`python -m runtime.messaging`: the contracts' schemas and topics, and the events that went astray."""

from runtime.messaging.commands import app

app(prog_name="python -m runtime.messaging")
