"""protoc-gen-openapi-refiner: corrects and completes the output of protoc-gen-openapiv2."""
