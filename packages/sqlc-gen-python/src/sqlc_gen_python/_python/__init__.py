"""Writes the model as Python modules."""
