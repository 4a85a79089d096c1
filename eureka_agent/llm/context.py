"""How much of a server's context a prompt takes: from what servers say, and from its text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from eureka_agent.llm.model import Message

LONGER = (
    "Serve the model with a longer context (vLLM --max-model-len, llama.cpp --ctx-size, Ollama "
    "OLLAMA_CONTEXT_LENGTH, LM Studio 'Context Length', SGLang --context-length, TGI --max-total-tokens)"
)
"""What a person can do where a prompt does not fit."""
TOKENS_A_PIECE = 1.35
"""More than any tokenizer took for our prompts: cl100k 1.0 to 1.1, SentencePiece of 32,000 words to 1.3."""
_SPREAD = 1.05
"""How much more tokens a piece another prompt may have than the one that was measured."""
_MARGIN = 16
_LEAST_ROOM = 256
"""A shorter reply holds no reward function."""
_CUT_BELOW = 0.9
_PIECE = re.compile(r"[^\W\d_]+|\d+|[^\w\s]+|_+")
_CONTEXT = re.compile(
    r"context (?:length|size|window)(?: is| of|:)?(?: only)? \(?(\d+)"  # OpenAI, vLLM, SGLang, LM Studio, …
    r"|n_ctx\W{1,4}(\d+)"  # llama.cpp, LM Studio
    r"|max_new_tokens` must be <= (\d+)|`inputs` must have less than (\d+)"  # TGI
    r"|context limit: \d+ \+ \d+ > (\d+)|tokens > (\d+) maximum"  # Anthropic
    r"|(\d+) maximum context length"  # Mistral
    r"|max_(?:model_len|total_tokens)=\D{0,20}(\d+)"  # vLLM
    r"|configured limit of (\d+)|maximum prompt length is (\d+)"  # Azure, xAI
)
_PROMPT = re.compile(
    r"(\d+) (?:in the messages|in your prompt|of text input|tokens from the input messages)"
    r"|(?:has|passed|contains|at least) (\d+) (?:input |prompt )?tokens"
    r"|given: (\d+)|context limit: (\d+) \+|resulted in (\d+) tokens"
    r"|prompt is too long: (\d+)|prompt is (\d+) tokens"
    r"|n_prompt_tokens\W{1,4}(\d+)|n_keep: ?(\d+)|keep the first (\d+) tokens"
    r"|(?:request|input|requested tokens) \((\d+)"
)
_NAMED = re.compile(
    r"context.(length|size|window|limit).*exceed|(exceed|longer).*context.(length|size|window|limit)"
)
_COMMA = re.compile(r"(?<=\d),(?=\d{3})")
_LONGEST, _DIGITS = 10_000, 12
"""Characters of a refusal that are read, and digits of a number: nobody says more."""
_ALL = re.compile(r"requested (?:about |a total of )?(\d+) tokens")
_REPLY = re.compile(r"(\d+) (?:in the completion|for the completion|in the output|tokens for the completion)")


class Overflow(NamedTuple):
    """What a server said of a request that its context cannot hold, in tokens."""

    context: int | None
    """None where it did not say."""
    prompt: int | None
    """None where it named no length, or only a bound."""


def overflow_of(said: str, asked: int = 0) -> Overflow | None:
    """Read a refusal of a request for `asked` tokens of reply; None where it is about something else.

    vLLM counts no further than it must: what it names is the least that does not fit, context − asked + 1.
    """
    words = _COMMA.sub("", said[:_LONGEST].lower().replace("'", ""))
    context, prompt = _first(_CONTEXT, words), _prompt_in(words)
    if context is None:
        return Overflow(None, prompt) if _NAMED.search(words) else None
    bound = "at least" in words or prompt == context - asked + 1
    return Overflow(context, None if bound else prompt)


def pieces_of(messages: Sequence[Message]) -> int:
    """Return how many words, numbers and runs of signs there are: tokenizers cut at least at these places."""
    return sum(len(_PIECE.findall(message.content)) for message in messages)


def looks_cut(messages: Sequence[Message], counted: int) -> bool:
    """Whether a server that counted so many prompt tokens cannot have read all of `messages`."""
    return 0 < counted < _CUT_BELOW * pieces_of(messages)


class Context:
    """What is known of a server's context and tokenizer. Not safe to use from several threads."""

    def __init__(self) -> None:
        self._size: int | None = None
        self._tokens_a_piece = TOKENS_A_PIECE

    def measured(self, pieces: int, tokens: int) -> None:
        """Learn the tokenizer from a prompt that the server counted, unless it was cut."""
        if pieces and tokens >= _CUT_BELOW * pieces:
            self._tokens_a_piece = min(tokens / pieces, 2.0)

    def room(self, pieces: int) -> int | None:
        """Return how long a reply may be beside a prompt; None where the context is not known."""
        return None if self._size is None else max(self._size - self._estimate(pieces), _LEAST_ROOM)

    def learn(self, said: str, *, asked: int, pieces: int) -> int | None:
        """Return what a reply may take after the refusal of `asked` tokens; None where that helps nothing."""
        overflow = overflow_of(said, asked)
        if overflow is None or overflow.context is None:
            return None
        self._size = overflow.context
        if overflow.prompt is not None:
            self.measured(pieces, overflow.prompt)
            room = overflow.context - overflow.prompt - _MARGIN
        else:
            room = max(overflow.context - self._estimate(pieces), _LEAST_ROOM)
            room = room if room < asked else asked // 2  # the estimate itself was refused
        return room if _LEAST_ROOM <= room < asked else None

    def _estimate(self, pieces: int) -> int:
        return int(_SPREAD * self._tokens_a_piece * pieces) + _MARGIN


def _prompt_in(words: str) -> int | None:
    everything, reply = _first(_ALL, words), _first(_REPLY, words)
    if everything is not None and reply is not None:
        return everything - reply  # messages, tools and functions together
    return _first(_PROMPT, words)


def _first(pattern: re.Pattern[str], words: str) -> int | None:
    found = pattern.search(words)
    return None if found is None else int(next(group for group in found.groups() if group)[:_DIGITS])
