"""The Jinja environment in which every plugin renders its templates."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from protoc_plugin_kit.comments import docstring


@cache
def environment(package: str) -> Environment:
    """Returns the environment of the templates in a package's folder `templates`.

    An undefined variable is an error. Only `*.html.jinja` templates escape the values that they
    insert. The filter `docstring` escapes a comment for a docstring.
    """
    jinja = Environment(
        loader=PackageLoader(package),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=select_autoescape(("html.jinja",), default_for_string=False),
        keep_trailing_newline=True,
    )
    jinja.filters["docstring"] = docstring
    return jinja
