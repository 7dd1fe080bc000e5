"""Webhooks (Port: /v1/webhooks).

Port's clients disagree on the key of the answer, so it comes under all that they look for.
"""

from typing import Any

from quaymaster.port.documents.integration import WebhookPatch, WebhookWrite
from quaymaster_sandbox.catalog import webhooks
from quaymaster_sandbox.http import Call, Response, ok
from quaymaster_sandbox.router import Route


def list_webhooks(call: Call) -> Response:
    """Answers all webhooks."""
    found = call.session.resources("webhook").list()
    return ok(**{f"{key}s": found for key in call.session.assumptions.webhook_keys})


def get_webhook(call: Call) -> Response:
    """Answers one webhook."""
    return _answer(call, webhooks.get_webhook(call.session, call.params["identifier"]))


def create_webhook(call: Call) -> Response:
    """Creates a webhook."""
    webhook = webhooks.create_webhook(call.session, call.document(WebhookWrite))
    return _answer(call, webhook, call.session.assumptions.create_status)


def replace_webhook(call: Call) -> Response:
    """Replaces a webhook."""
    body = call.document(WebhookWrite)
    return _answer(call, webhooks.update_webhook(call.session, call.params["identifier"], body, replace=True))


def patch_webhook(call: Call) -> Response:
    """Changes a webhook."""
    body = call.document(WebhookPatch, optional=True)
    return _answer(call, webhooks.update_webhook(call.session, call.params["identifier"], body, replace=False))


def delete_webhook(call: Call) -> Response:
    """Deletes a webhook."""
    webhooks.delete_webhook(call.session, call.params["identifier"])
    return ok()


def list_metadata(call: Call) -> Response:
    """Answers what everybody may know of the webhooks; which keys these are is a guess."""
    keys = ("identifier", "title", "icon", "enabled", "integrationType")
    found = [
        {key: webhook[key] for key in keys if key in webhook} for webhook in call.session.resources("webhook").list()
    ]
    return ok(**{f"{key}s": found for key in call.session.assumptions.webhook_keys})


def _answer(call: Call, webhook: dict[str, Any], status: int = 200) -> Response:
    return ok(status, **dict.fromkeys(call.session.assumptions.webhook_keys, webhook))


_ONE = "/v1/webhooks/{identifier}"

ROUTES = (
    Route("GET", "/v1/webhooks", list_webhooks, moderators=True),
    Route("POST", "/v1/webhooks", create_webhook, writes=True, moderators=True),
    Route("GET", "/v1/webhooks/metadata", list_metadata),
    Route("GET", _ONE, get_webhook, moderators=True),
    Route("PUT", _ONE, replace_webhook, writes=True, moderators=True),
    Route("PATCH", _ONE, patch_webhook, writes=True, moderators=True),
    Route("DELETE", _ONE, delete_webhook, writes=True, moderators=True),
)
