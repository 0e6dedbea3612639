"""The model of the generated code: names, types, classes and queries."""
