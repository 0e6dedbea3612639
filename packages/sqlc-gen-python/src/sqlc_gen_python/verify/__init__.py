"""`sqlc-gen-python verify`: compares generated types with what the real PostgreSQL says."""
