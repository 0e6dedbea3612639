"""`sqlc-gen-python verify`: compares the generated types with those of a PostgreSQL server."""
