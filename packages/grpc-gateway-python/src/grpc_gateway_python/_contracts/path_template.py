"""Path templates, by the grammar in google/api/http.proto.

Template = "/" Segments [ Verb ] ;
Segments = Segment { "/" Segment } ;
Segment  = "*" | "**" | LITERAL | Variable ;
Variable = "{" FieldPath [ "=" Segments ] "}" ;
FieldPath = IDENT { "." IDENT } ;
Verb     = ":" LITERAL ;
"""

import re
from dataclasses import dataclass
from typing import Final

ANY_SEGMENT: Final = "*"
ANY_SEGMENTS: Final = "**"
LITERAL: Final = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=@]|%[0-9A-Fa-f]{2})+")
VERB: Final = re.compile(rf"(?:{LITERAL.pattern}|:)+")
FIELD_PATH: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
PIECES: Final = re.compile(r"\{[^{}]*\}|[^/{}]+|/")


class TemplateError(Exception):
    """A text is no path template; the message says why."""


@dataclass(frozen=True)
class Variable:
    """A request field and the segments that give its value, `stop` -1 meaning to the end."""

    field_path: str
    start: int
    stop: int


@dataclass(frozen=True)
class Template:
    """A parsed path template."""

    segments: tuple[str, ...]
    variables: tuple[Variable, ...]
    verb: str


def parse(text: str) -> Template:
    """Parses a path template.

    Raises:
        TemplateError: it breaks the grammar.
    """
    if not text.startswith("/"):
        raise TemplateError("a path starts with /")
    path, verb = _without_verb(text)
    segments: list[str] = []
    variables: list[Variable] = []
    for piece in _split(path[1:]):
        start = len(segments)
        if piece.startswith("{"):
            field_path, equals, pattern = piece[1:-1].partition("=")
            if FIELD_PATH.fullmatch(field_path) is None:
                raise TemplateError(f"{piece} names no field")
            segments.extend(map(_segment, (pattern if equals else ANY_SEGMENT).split("/")))
            stop = -1 if segments[-1] == ANY_SEGMENTS else len(segments)
            variables.append(Variable(field_path, start, stop))
        else:
            segments.append(_segment(piece))
    if ANY_SEGMENTS in segments[:-1]:
        raise TemplateError("** stands at the end only")
    names = [variable.field_path for variable in variables]
    if len(set(names)) != len(names):
        raise TemplateError("a field is bound twice")
    return Template(tuple(segments), tuple(variables), verb)


def _without_verb(text: str) -> tuple[str, str]:
    """Takes off the verb: what follows a variable's colon, or the last segment's last colon."""
    end_of_variables = text.rfind("}") + 1
    last_slash = text.rfind("/")
    if end_of_variables > last_slash:
        colon = text.find(":", end_of_variables)
    else:
        colon = text.rfind(":", last_slash)
    if colon < 0:
        return text, ""
    verb = text[colon + 1 :]
    if VERB.fullmatch(verb) is None:
        raise TemplateError(f"{verb!r} is no verb")
    return text[:colon], verb


def _split(path: str) -> list[str]:
    """Splits at slashes outside of braces."""
    if not path:
        return []
    pieces = PIECES.findall(path)
    if "".join(pieces) != path:
        raise TemplateError("braces don't match")
    segments, slashes = pieces[::2], pieces[1::2]
    if any(slash != "/" for slash in slashes) or "/" in segments or len(pieces) % 2 == 0:
        raise TemplateError("segments are empty, or a variable is not a whole segment")
    return segments


def _segment(text: str) -> str:
    if text in {ANY_SEGMENT, ANY_SEGMENTS}:
        return text
    if "*" in text or LITERAL.fullmatch(text) is None:
        raise TemplateError(f"{text!r} is no segment")
    return text
