"""What a run would cost: requests, tokens and dollars, from the prompts that it would send. Nobody is asked.

    python benchmarks/run_cost.py [--generations 5] [--samples 16] [task …]

The figures are those of `evolve --dry-run`, and so is the method, which is printed below the table. Prices
are those of the installed `genai-prices`.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import sys

from eureka_agent.api.estimate import METHOD
from eureka_agent.api.evolve import dry_run

TASKS = ("cartpole", "half_cheetah", "humanoid")
GOOGLE = "https://generativelanguage.googleapis.com/v1beta/openai"
MODELS = (
    ("anthropic/claude-sonnet-5-5", None),
    ("openai/gpt-6.1-sol", None),
    ("openai/gemini-3.8-flash", GOOGLE),
)
KEYS = ("ANTHROPIC_API_KEY", "OPENAI_API_KEY")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="*", default=TASKS)
    parser.add_argument("--generations", type=int, default=5)
    parser.add_argument("--samples", type=int, default=16)
    arguments = parser.parse_args()
    for name in KEYS:
        os.environ.setdefault(name, "not used")  # a model is built to know its price, and is not asked
    print("| task | model | requests | input tokens | output tokens | dollars | at most |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for task in arguments.tasks:
        for model, base_url in MODELS:
            print(row(task, model, base_url, arguments.generations, arguments.samples), flush=True)
    print(f"\nPrices: genai-prices {importlib.metadata.version('genai-prices')}. Method: {METHOD}.")
    return 0


def row(task: str, model: str, base_url: str | None, generations: int, samples: int) -> str:
    found = dry_run(
        task, model=model, base_url=base_url, generations=generations, samples=samples, reply_cache=False
    )
    (share,) = found.shares
    return (
        f"| `{task}` | `{model}` | {share.requests:,} | {share.input_tokens:,} | {share.output_tokens:,} "
        f"| {dollars(share.cost_usd)} | {dollars(share.most_usd)} |"
    )


def dollars(price: float | None) -> str:
    return "unknown" if price is None else f"{price:.2f}"


if __name__ == "__main__":
    sys.exit(main())
