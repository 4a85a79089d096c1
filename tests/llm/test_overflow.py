"""Prompts that a server's context cannot hold beside the reply: what each server says, and what follows.

The wordings are those of the servers' own sources and of reports about them.
"""

from __future__ import annotations

from typing import Any

import pytest
from asking import STOP, ask, model_on
from servers import Service, serving

from eureka_agent.llm.context import overflow_of, pieces_of
from eureka_agent.llm.model import Message, UnansweredError

OPENAI = (
    "This model's maximum context length is 8192 tokens. However, you requested 8692 tokens (6692 in the "
    "messages, 2000 in the completion). Please reduce the length of the messages or completion."
)
FITS = {
    "openai": OPENAI,
    "openai with functions": (
        "This model's maximum context length is 8192 tokens. However, you requested 8692 tokens (6592 in the "
        "messages, 100 in the functions, and 2000 in the completion). Please reduce the length."
    ),
    "vllm 0.8": (
        "'max_tokens' or 'max_completion_tokens' is too large: 2000. This model's maximum context length is "
        "8192 tokens and your request has 6692 input tokens (2000 > 8192 - 6692)."
    ),
    "sglang": (
        "Requested token count exceeds the model's maximum context length of 8192 tokens. You requested "
        "a total of 8692 tokens: 6692 tokens from the input messages and 2000 tokens for the completion. "
        "Please reduce the number of tokens in the input messages or the completion to fit within the limit."
    ),
    "tgi": (
        "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8192. Given: 6692 "
        "`inputs` tokens and 2000 `max_new_tokens`"
    ),
    "openrouter": (
        "This endpoint's maximum context length is 8192 tokens. However, you requested about 8692 tokens "
        "(6692 "
        'of text input, 2000 in the output). Please reduce the length of either one, or use the "middle-out" '
        "transform to compress your prompt automatically."
    ),
    "llama-cpp-python": (
        "This model's maximum context length is 8192 tokens, however you requested 8692 tokens (6692 in your "
        "prompt; 2000 for the completion). Please reduce your prompt; or completion length."
    ),
    "anthropic": (
        "input length and `max_tokens` exceed context limit: 6692 + 2000 > 8192, decrease input length or "
        "`max_tokens` and try again"
    ),
}
VLLM = (
    "This model's maximum context length is {context} tokens. However, you requested {asked} output "
    "tokens and your prompt contains at least {least} input tokens, for a total of at least {total} "
    "tokens. Please reduce the length of the input prompt or the number of requested output tokens. "
    "(parameter=input_tokens, value={least})"
)
VLLM_NEWER = (
    "You passed {least} input tokens and requested {asked} output tokens. However, the model's context "
    "length is only {context} tokens, resulting in a maximum input length of {input} tokens. Please "
    "reduce the length of the input prompt. (parameter=input_tokens, value={least})"
)
VLLM_CHARACTERS = (
    "This model's maximum context length is {context} tokens. However, you requested {asked} output "
    "tokens and your prompt contains 31800 characters (more than 0 characters, which is the upper bound "
    "for 0 input tokens). Please reduce the length of the input prompt or the number of requested output "
    "tokens. (parameter=input_text, value=31800)"
)
VLLM_LIMIT = (
    "max_tokens={asked} cannot be greater than max_model_len=max_total_tokens={context}. "
    "Please request fewer output tokens."
)
TOO_LONG = {
    "llama.cpp": "request (14429 tokens) exceeds the available context size (8192 tokens), try increasing it",
    "llama.cpp with fields": (
        "Error code: 400 - {'error': {'code': 400, 'message': 'the request exceeds the available context "
        "size, try increasing it', 'type': 'exceed_context_size_error', 'n_prompt_tokens': 14429, "
        "'n_ctx': 8192}}"
    ),
    "lm studio": (
        "Trying to keep the first 14429 tokens when context the overflows. However, the model is loaded with "
        "context length of only 8192 tokens, which is not enough. Try to load the model with a larger "
        "context length, or provide a shorter input."
    ),
    "lm studio, newer": (
        "The number of tokens to keep from the initial prompt is greater than the context length "
        "(n_keep: 14429>= n_ctx: 8192). Try to load the model with a larger context length."
    ),
    "sglang": "The input (14429 tokens) is longer than the model's context length (8192 tokens).",
    "tgi": "Input validation error: `inputs` must have less than 8192 tokens. Given: 14429",
    "openai": (
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 14429 "
        "tokens. Please reduce the length of the messages."
    ),
    "llama-cpp-python": "Requested tokens (14429) exceed context window of 8192",
    "anthropic": "prompt is too long: 14429 tokens > 8192 maximum",
    "ollama": (
        '{"error":{"code":400,"message":"request (14429 tokens) exceeds the available context size '
        '(8192 tokens), try increasing it","type":"exceed_context_size_error",'
        '"n_prompt_tokens":14429,"n_ctx":8192}}'
    ),
    "rkllama": "Prompt is 14,429 tokens but the model context window is 8,192 tokens.",
    "mistral": "Prompt contains 14429 tokens, too large for model with 8192 maximum context length",
}
PROMPT = (
    Message("system", "You write reward functions for robots, in Python." * 20),
    Message("user", "The cart moves along the track; keep the pole upright for 500 steps, please. " * 170),
)


@pytest.mark.parametrize("server", FITS)
def test_a_reply_gets_the_room_beside_a_prompt_of_known_length(server: str) -> None:
    with serving(Service("openai")) as service:
        service.refuse = lambda body: FITS[server] if body["max_tokens"] > 1500 else None
        assert ask(model_on(service)).text == "hello"
    asked = [body["max_tokens"] for _, _, body in service.requests]
    assert len(asked) == 2
    assert 1450 <= asked[1] <= 1500


def test_anthropics_wording_is_understood_on_its_own_wire() -> None:
    with serving(Service("anthropic")) as service:
        service.refuse = lambda body: FITS["anthropic"] if body["max_tokens"] > 1500 else None
        assert ask(model_on(service)).text == "hello"
    assert len(service.requests) == 2


def vllm(wording: str, context: int, tokens: int) -> Any:
    """Refuse as vLLM does: it stops counting where the context is full, and names that number."""

    def refuse(body: dict[str, Any]) -> str | None:
        asked = body["max_tokens"]
        if tokens + asked <= context:
            return None
        least = context - asked + 1
        return wording.format(context=context, asked=asked, least=least, total=context + 1, input=least - 1)

    return refuse


@pytest.mark.parametrize("wording", [VLLM, VLLM_NEWER, VLLM_CHARACTERS, VLLM_LIMIT])
@pytest.mark.parametrize("tokens_a_piece", [1.0, 1.3])
def test_a_prompt_of_which_vllm_names_only_a_bound_is_sent_once_more(
    wording: str, tokens_a_piece: float
) -> None:
    tokens = int(tokens_a_piece * pieces_of(PROMPT))
    with serving(Service("openai")) as service:
        service.refuse = vllm(wording, 8192, tokens)
        model = model_on(service, max_reply_tokens=8000)
        assert model.reply("0-00/turn0", PROMPT, STOP).text == "hello"
        first = len(service.requests)
        assert model.reply("0-01/turn0", PROMPT, STOP).text == "hello"
    assert first == 2
    assert len(service.requests) == 3, "the context is remembered"
    assert all(256 < body["max_tokens"] <= 8192 - tokens for _, _, body in service.requests[1:])


def test_a_prompt_that_is_longer_than_it_looks_takes_few_attempts() -> None:
    with serving(Service("openai")) as service:
        service.refuse = vllm(VLLM, 4096, 3000)
        assert ask(model_on(service)).text == "hello"
    assert len(service.requests) <= 3


@pytest.mark.parametrize("server", TOO_LONG)
def test_a_prompt_that_leaves_no_room_ends_the_request_and_names_the_setting(server: str) -> None:
    assert overflow_of(TOO_LONG[server]) == (8192, 14429)
    with serving(Service("openai")) as service:
        service.refuse = lambda _: TOO_LONG[server]
        with pytest.raises(UnansweredError) as caught:
            ask(model_on(service, max_reply_tokens=16_000))
    assert len(service.requests) == 1
    assert "--ctx-size" in caught.value.fix
    assert "OLLAMA_CONTEXT_LENGTH" in caught.value.fix


def test_a_prompt_too_long_for_vllm_is_given_up_soon() -> None:
    with serving(Service("openai")) as service:
        service.refuse = vllm(VLLM, 4096, 5000)
        with pytest.raises(UnansweredError) as caught:
            ask(model_on(service))
    assert len(service.requests) <= 6
    assert "--max-model-len" in caught.value.fix


@pytest.mark.parametrize(
    "said",
    ["context deadline exceeded", "Rate limit exceeded", "Invalid 'temperature': must be at most 2.",
     "max_tokens is too large: 2000. This model supports at most 512 completion tokens."],
)  # fmt: skip
def test_other_refusals_are_no_overflow(said: str) -> None:
    assert overflow_of(said, 2000) is None


def test_a_refusal_that_goes_on_for_ever_is_read_to_its_beginning() -> None:
    assert overflow_of("context length is " + "9" * 100_000) == (int("9" * 12), None)
    assert overflow_of("exceed " * 1_000_000) is None


def test_an_overflow_that_comes_as_the_body_of_a_good_answer_teaches_too() -> None:
    class Router(Service):
        def completion(self, body: dict[str, Any], fault: str) -> dict[str, Any]:
            if body["max_tokens"] > 1500:
                return {"error": {"message": FITS["openrouter"], "code": 400, "metadata": {}}}
            return super().completion(body, fault)

    with serving(Router("openai")) as service:
        assert ask(model_on(service)).text == "hello"
    assert len(service.requests) == 2
