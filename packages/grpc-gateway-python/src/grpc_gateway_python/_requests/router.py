"""Finds the endpoint of a path. A literal segment takes precedence over `*`, and `*` over `**`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Generic, TypeVar
from urllib.parse import unquote_to_bytes

from grpc_gateway_python.transcoding import PathTemplate
from grpc_gateway_python.transcoding.operation import ANY_SEGMENT, ANY_SEGMENTS

T = TypeVar("T")


class AmbiguousRouteError(Exception):
    """Two operations have the same method and path; the text names them."""


class NoRouteError(Exception):
    """No operation has this path, or none with this method."""

    def __init__(self, allowed: frozenset[str]) -> None:
        super().__init__()
        self.allowed = allowed
        """The methods that the path has; empty when the path is unknown."""


@dataclass(frozen=True, slots=True)
class Target(Generic[T]):
    """The endpoint of a route, and the segments that its variables capture."""

    endpoint: T
    captures: tuple[tuple[int, int], ...]


@dataclass(slots=True)  # `frozen` makes each instance cost twice as much
class Match(Generic[T]):
    """A target and the path that matched it."""

    target: Target[T]
    segments: list[bytes]

    def captures(self) -> list[str]:
        """Returns the decoded values of the path's variables.

        Raises:
            UnicodeDecodeError: A value is not UTF-8.
        """
        segments = self.segments
        return [
            segments[start].decode()
            if stop == start + 1 and b"%" not in segments[start]
            else self._capture(start, stop)
            for start, stop in self.target.captures
        ]

    def _capture(self, start: int, stop: int) -> str:
        if stop == start + 1:
            return unquote_to_bytes(self.segments[start]).decode()
        return "/".join(map(_decoded_but_slashes, self._between(start, stop)))

    def _between(self, start: int, stop: int) -> list[bytes]:
        return self.segments[start:] if stop < 0 else self.segments[start:stop]


@dataclass(slots=True)
class _Node(Generic[T]):
    children: dict[bytes, "_Node[T]"] = field(default_factory=dict)
    any_segment: "_Node[T] | None" = None
    targets: dict[bytes, dict[str, Target[T]]] = field(default_factory=dict)
    """Verb → HTTP method → target, for paths that end here."""
    rest: dict[bytes, dict[str, Target[T]]] = field(default_factory=dict)
    """Verb → HTTP method → target, for paths that end here or below (`**`)."""


Targets = dict[str, Target[T]]


@dataclass(frozen=True, slots=True)
class _Shape(Generic[T]):
    """The routes of one method with variables at the same positions, by their literal segments."""

    variables: tuple[bool, ...]
    literals_of: Callable[[list[bytes]], object]
    targets: dict[object, Target[T]]


class Router(Generic[T]):
    """All routes, as a tree of path segments."""

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()
        self._static: dict[bytes, Targets[T]] = {}
        self._shapes: dict[tuple[str, int], list[_Shape[T]]] = {}
        """Method and number of segments → shapes, in the order in which `_find` looks for routes without `**`."""
        self._has_open_ended = False
        self._verbs: list[bytes] = []
        """All verbs, longer ones first."""

    def add(self, method: str, path: PathTemplate, endpoint: T) -> None:
        """Adds a route.

        Raises:
            AmbiguousRouteError: A route with the same method and path exists.
        """
        node = self._root
        for segment in path.segments:
            if segment == ANY_SEGMENTS:
                break
            if segment == ANY_SEGMENT:
                node.any_segment = node.any_segment or _Node()
                node = node.any_segment
            else:
                node = node.children.setdefault(unquote_to_bytes(segment), _Node())
        open_ended = path.segments[-1:] == (ANY_SEGMENTS,)
        methods = (node.rest if open_ended else node.targets).setdefault(path.verb.encode(), {})
        if method in methods:
            raise AmbiguousRouteError(f"{method} /{'/'.join(path.segments)} is given twice")
        methods[method] = Target(endpoint, path.captures)
        if open_ended:
            self._has_open_ended = True
        elif not path.verb:
            self._add_shape(method, path, methods[method])
        if path.verb and path.verb.encode() not in self._verbs:
            self._verbs.append(path.verb.encode())
            self._verbs.sort(key=len, reverse=True)
        if not {ANY_SEGMENT, ANY_SEGMENTS}.intersection(path.segments):
            text = "/" + "/".join(path.segments) + (f":{path.verb}" if path.verb else "")
            self._static[text.encode()] = methods

    def add_path(self, method: str, path: str, endpoint: T) -> None:
        """Adds a route without variables."""
        self.add(method, PathTemplate(tuple(path[1:].split("/"))), endpoint)

    def match(self, method: str, raw_path: bytes) -> Match[T]:
        """Returns the most specific match of a method and a path.

        A path that ends with `:verb` matches routes with that verb before routes without one.

        Raises:
            NoRouteError: No route matches; the error has the methods of the path.
        """
        targets_here = self._static.get(raw_path)
        if targets_here is not None and method in targets_here:
            return Match(targets_here[method], [])
        match = self._match_shape(method, raw_path)
        if match is not None:
            return match
        # The tree has no paths that end with an empty segment, such as `/`.
        allowed: set[str] = set(targets_here or ())
        for targets, segments in self._candidates(raw_path):
            if method in targets:
                return Match(targets[method], segments)
            allowed.update(targets)
        raise NoRouteError(frozenset(allowed))

    def _add_shape(self, method: str, path: PathTemplate, target: Target[T]) -> None:
        segments = [unquote_to_bytes(segment) for segment in path.segments]
        variables = tuple(segment == ANY_SEGMENT for segment in path.segments)
        shapes = self._shapes.setdefault((method, len(segments)), [])
        shape = next((shape for shape in shapes if shape.variables == variables), None)
        if shape is None:
            literals = [index for index, variable in enumerate(variables) if not variable]
            literals_of = itemgetter(*literals) if literals else _no_literals
            shape = _Shape(variables, literals_of, {})
            shapes.append(shape)
            shapes.sort(key=lambda shape: shape.variables)  # a literal before `*`
        shape.targets[shape.literals_of(segments)] = target

    def _match_shape(self, method: str, raw_path: bytes) -> Match[T] | None:
        """Returns the match of a plain path, None when the tree has to be searched."""
        if self._has_open_ended or b":" in raw_path or b"%" in raw_path:
            return None
        segments = raw_path[1:].split(b"/")
        if b"" not in segments:
            for shape in self._shapes.get((method, len(segments)), ()):
                target = shape.targets.get(shape.literals_of(segments))
                if target is not None:
                    return Match(target, segments)
        return None

    def _candidates(self, raw_path: bytes) -> Iterator[tuple[Targets[T], list[bytes]]]:
        segments = raw_path[1:].split(b"/") if raw_path != b"/" else []
        for verb in self._verbs if b":" in raw_path else ():
            if segments[-1].endswith(b":" + verb):
                stem = segments[-1][: -len(verb) - 1]
                with_verb = [*segments[:-1], stem]
                for targets in self._find(self._root, with_verb, 0, verb):
                    yield targets, with_verb
        for targets in self._find(self._root, segments, 0, b""):
            yield targets, segments

    def _find(
        self, node: _Node[T], segments: list[bytes], index: int, verb: bytes
    ) -> Iterator[Targets[T]]:
        if index == len(segments):
            if verb in node.targets:
                yield node.targets[verb]
        elif segments[index]:
            literal = segments[index]
            child = node.children.get(unquote_to_bytes(literal) if b"%" in literal else literal)
            if child is not None:
                yield from self._find(child, segments, index + 1, verb)
            if node.any_segment is not None:
                yield from self._find(node.any_segment, segments, index + 1, verb)
        if verb in node.rest:
            yield node.rest[verb]


def _no_literals(_: list[bytes]) -> object:
    return ()


def _decoded_but_slashes(segment: bytes) -> str:
    """Decodes one segment of a multi-segment variable; an encoded slash stays encoded (google.api.http)."""
    if b"%" not in segment:
        return segment.decode()
    kept = segment.replace(b"%2F", b"%252F").replace(b"%2f", b"%252f")
    return unquote_to_bytes(kept).decode()
