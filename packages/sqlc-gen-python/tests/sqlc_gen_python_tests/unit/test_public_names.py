"""The names that users may import; every other module is private."""

import pkgutil

import sqlc_gen_python


def test_public_names() -> None:
    assert sqlc_gen_python.__all__ == ["GenerateError", "__version__", "generate"]


def test_every_other_module_is_private() -> None:
    modules = {module.name for module in pkgutil.iter_modules(sqlc_gen_python.__path__)}
    assert {name for name in modules if not name.startswith("_")} == set()
