"""What is asked of Port's AI (Port docs: ai-interfaces/port-ai)."""

from typing import Annotated

from quaymaster.port.documents._base import Document
from quaymaster.port.documents._constraints import OneOf

__all__ = ["EXECUTION_MODES", "MODELS", "PROVIDERS", "AgentInvocation", "AiInvocation"]

EXECUTION_MODES = ("Automatic", "Approval Required")
PROVIDERS = ("openai", "azure-openai", "anthropic", "bedrock", "port")
MODELS = ("gpt-5", "claude-sonnet-4-20250514", "claude-haiku-4-5-20251001", "claude-sonnet-4-5-20250929")


class _Invocation(Document):
    closed = True

    labels: dict[str, str] | None = None
    provider: Annotated[str, OneOf(PROVIDERS)] | None = None
    model: Annotated[str, OneOf(MODELS)] | None = None


class AiInvocation(_Invocation):
    """A question to Port AI (Port: POST /v1/ai/invoke)."""

    user_prompt: str
    tools: list[str]
    system_prompt: str = ""
    execution_mode: Annotated[str, OneOf(EXECUTION_MODES)] = "Approval Required"


class AgentInvocation(_Invocation):
    """A question to an agent (Port: POST /v1/agent/{agentIdentifier}/invoke)."""

    prompt: str
