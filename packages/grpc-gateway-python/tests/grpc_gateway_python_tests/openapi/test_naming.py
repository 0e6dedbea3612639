"""Definitions lose their package, unless two would then be called the same."""

from grpc_gateway_python.openapi.naming import shorten


def document(*names: str) -> dict[str, object]:
    reference = {"$ref": f"#/definitions/{names[0]}"}
    return {"definitions": {name: {"allOf": [reference]} for name in names}}


def test_packages_are_left_out_of_names_and_references() -> None:
    assert shorten(document("a.v1.Thing", "a.v1.Thing.Part"), {"a.v1"}) == {
        "definitions": {
            "Thing": {"allOf": [{"$ref": "#/definitions/Thing"}]},
            "Thing.Part": {"allOf": [{"$ref": "#/definitions/Thing"}]},
        }
    }


def test_when_short_names_collide_only_the_first_package_gets_one() -> None:
    names = shorten(document("a.v2.Thing", "a.v10.Thing", "a.v10.Other"), {"a.v2", "a.v10"})
    assert list(names["definitions"]) == ["Other", "Thing", "a.v10.Thing"]
    assert names["definitions"]["Other"] == {"allOf": [{"$ref": "#/definitions/Thing"}]}


def test_the_longest_package_is_left_out() -> None:
    assert list(shorten(document("a.v1.sub.Thing"), {"a.v1", "a.v1.sub"})["definitions"]) == [
        "Thing"
    ]
