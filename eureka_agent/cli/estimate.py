"""How `evolve --dry-run` is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eureka_agent.cli.output import print_json
from eureka_agent.escaping import visible
from eureka_agent.evolution.expected_time import in_words

if TYPE_CHECKING:
    from eureka_agent.api.estimate import Estimate


def show_estimate(estimate: Estimate, *, json_output: bool) -> None:
    """Print the estimate of a run: its configuration, requests, tokens and price in dollars."""
    if json_output:
        derived = ("cost_usd", "most_usd", "seconds")
        print_json({**vars(estimate), **{name: getattr(estimate, name) for name in derived}})
        return
    import tomli_w

    print(visible(tomli_w.dumps(estimate.config, multiline_strings=True)))
    print(visible(f"Model: {estimate.config['model']} ({estimate.model_because})."))
    print(
        f"Trainings: {estimate.trainings} in the search, at most {estimate.all_trainings} with the "
        f"confirmation, {estimate.env_steps:,} environment steps in all."
    )
    if estimate.seconds is not None:
        print(
            f"Time on this machine: about {in_words(estimate.seconds)} at most, language models not counted, "
            f"at {estimate.steps_a_second:,.0f} steps a second."
        )
    else:
        print(visible(f"Time on this machine: unknown ({estimate.pace_unknown_because})."))
    if estimate.questions:
        print(f"Questions to people: at most {estimate.questions}; nobody has to answer.")
    each, run = (number / 2**20 for number in (estimate.recording_bytes, estimate.recordings_bytes))
    print(f"Recorded episodes: at most {each:,.1f} MiB a training, {run:,.0f} MiB in all.")
    if not estimate.shares:
        print("No language model is used: the run costs nothing.")
        return
    for share in estimate.shares:
        asked = f"{share.requests:,} requests (at most {share.most_requests:,})"
        tokens = f"{share.input_tokens:,} input tokens, {share.output_tokens:,} output tokens"
        price = f"{_usd(share.cost_usd)} (at most {_usd(share.most_usd)})"
        print(visible(f"  {share.model}: {asked}, {tokens}: {price}"))
    print(f"Price: {_usd(estimate.cost_usd)}, at most {_usd(estimate.most_usd)}. Method: {estimate.method}.")


def _usd(dollars: float | None) -> str:
    return "unknown" if dollars is None else f"${dollars:.2f}"
