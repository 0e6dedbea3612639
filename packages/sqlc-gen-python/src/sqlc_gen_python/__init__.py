"""A sqlc plugin that generates typed Python methods for psycopg 3.

sqlc runs the program `sqlc-gen-python`; `generate` is the same without a process.
"""

from sqlc_gen_python._errors import GenerateError
from sqlc_gen_python._generate import generate
from sqlc_gen_python._version import __version__

__all__ = ["GenerateError", "__version__", "generate"]
