"""The built-in approval: an OAuth 2.1 authorization server on our own origin, for people and their MCP clients.

It is a room of its own: the resource side knows it by a verifier, by routes and by an issuer identifier, and any other
authorization server can take its place. It stands on what MCP names: OAuth 2.1 with PKCE, RFC 8414 (discovery),
RFC 9207 (`iss`), RFC 8707 (resource indicators), client-id metadata documents and RFC 7591 (registration). The MCP SDK
has handlers for some of it; they leave out much of what is asked for here (the resource at the token endpoint, `iss` in
errors, one value a parameter, replay that revokes, pages for people), so only its sealing is used.

Nothing is imported here: `quaymaster approve` and `quaymaster sessions` need little of it, and not the SDK.
"""
