"""protoc-gen-openapi-refiner: what protoc-gen-openapiv2 writes, made true and complete."""
