"""The names that other packages import; a change of the list is a change of the public interface."""

import rpc_access


def test_names_of_the_package() -> None:
    assert rpc_access.__all__ == [
        "ALGORITHMS",
        "CALLER_TOKEN",
        "Access",
        "BearerTokens",
        "Caller",
        "CallerTokenSigner",
        "CallerTokenVerifier",
        "KeySourceError",
        "KeysUnavailableError",
        "LogRate",
        "TokenError",
        "VerifiedToken",
    ]
