"""buf.validate rules in the words of JSON Schema, as far as Swagger 2.0 and OpenAPI 3.0 have them."""
