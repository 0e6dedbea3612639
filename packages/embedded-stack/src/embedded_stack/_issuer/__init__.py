"""The issuer of access tokens, for development: discovery, keys and tokens without log-in (OpenID Connect, RFC 9068)."""
