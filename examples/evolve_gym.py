"""Search a reward for any environment of Gymnasium, without a key or a network.

`python examples/evolve_gym.py CartPole-v1 "Keep the pole up." 10000` prints a line a training of 10,000
steps, then what the search came to, and where the best reward and the report are. Interrupted, it goes on
where it was when it is started again.
"""

import sys

import eureka_agent

ENV_ID = sys.argv[1] if sys.argv[1:] else "CartPole-v1"
GOAL = sys.argv[2] if sys.argv[2:] else None  # what the environment's documentation says
STEPS = int(sys.argv[3]) if sys.argv[3:] else 10_000


def told(event, state):
    """Print trainings; the other events and their fields are those of `eureka_agent/store/event_types.py`."""
    if event.type == "training_finished":
        print(f"{event.name:9} {event.evaluation.fitness:8.1f}   {state.env_steps:,} steps so far")


result = eureka_agent.evolve(
    f"gym:{ENV_ID}",
    goal=GOAL,
    model="search",  # or openai/…, anthropic/…, local:…: a language model writes the rewards
    generations=2,
    samples=4,
    env_steps=STEPS,
    confirm_top=1,
    confirm_seeds=3,
    on_event=told,
)
print(result.verdict.sentence)
print(result.reward, result.summary)
