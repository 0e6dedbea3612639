"""Reads SQL text: tokens, type definitions, statements and the guesses of sqlc."""
