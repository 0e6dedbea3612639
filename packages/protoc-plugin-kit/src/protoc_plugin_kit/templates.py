"""The Jinja environment in which every plugin renders its templates."""

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from protoc_plugin_kit.comments import docstring


def environment(package: str) -> Environment:
    """Returns the environment of the templates in a package's folder `templates`.

    An undefined variable is an error. `*.html.jinja` templates escape what they insert, others
    don't. The filter `docstring` makes a comment safe between three quotes.
    """
    made = Environment(
        loader=PackageLoader(package),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=select_autoescape(("html.jinja",), default_for_string=False),
        keep_trailing_newline=True,
    )
    made.filters["docstring"] = docstring
    return made
