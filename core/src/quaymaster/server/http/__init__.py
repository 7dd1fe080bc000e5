"""MCP over HTTP: for many callers, each with a token of their own.

`app.py` puts the ASGI application together: the MCP endpoints of every profile, health, the metadata of the protected
resource, and whatever routes a way to sign in brings. Every request passes the same guard first (`guard.py`: Host,
Origin, size of the body), MCP requests then the bearer check (`bearer.py`), which asks the verifiers in turn
(`quaymaster.auth.grants.Verifier`). `worker.py` builds the application in each process of `serve --http`; there the
verifiers and the extra routes are chosen by the settings.
"""
