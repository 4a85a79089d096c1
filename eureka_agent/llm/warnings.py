"""What a person should know of an answer that came, and yet is not what it seems."""

from __future__ import annotations

from collections.abc import Sequence

from eureka_agent.llm.context import LONGER, looks_cut
from eureka_agent.llm.model import Message
from eureka_agent.llm.wire import Answer


def warning_about(name: str, answer: Answer, messages: Sequence[Message]) -> str:
    """Return a warning about what the model `name` answered to `messages`; empty where there is none."""
    return " ".join(filter(None, (_about_thinking(name, answer), _about_a_cut(name, answer, messages))))


def _about_thinking(name: str, answer: Answer) -> str:
    if not answer.only_thinking:
        return ""
    if answer.finish == "length":
        return (
            f"{name} spent a whole reply on hidden thinking (reasoning_content) and gave no answer. "
            "Raise --max-reply-tokens, or lower --effort."
        )
    return (
        f"{name} sent an empty answer beside hidden thinking (reasoning_content). If its answers stand "
        "there, start its server without a reasoning parser, or with thinking switched off."
    )


def _about_a_cut(name: str, answer: Answer, messages: Sequence[Message]) -> str:
    """Ollama and others cut a prompt at their context without a word: only the number of tokens tells."""
    if answer.tokens is None or not looks_cut(messages, answer.tokens.input):
        return ""
    return (
        f"{name} read {answer.tokens.input:,} tokens of a prompt that has more: its server seems to cut "
        f"prompts at its context, so that the model does not see all. {LONGER}."
    )
