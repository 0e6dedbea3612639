"""sqlc's side: the request that it sends and the options in sqlc.yaml."""
