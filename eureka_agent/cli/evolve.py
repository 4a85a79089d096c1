"""`evolve` and `resume`."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated, Any

import typer

Runs = Annotated[Path, typer.Option(help="Folder that holds the runs.")]
Envs = Annotated[Path | None, typer.Option(help="Folder of tasks, searched before the others.")]
Trainer = Annotated[
    str, typer.Option(help="population: a generation in one process; sb3: a process for each candidate.")
]
Device = Annotated[
    str, typer.Option(help="auto, gpu or cpu; auto is a GPU where the population trainer can use one.")
]
Worlds = Annotated[int | None, typer.Option(help="Worlds of each candidate on a GPU; else 2048.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]


def evolve(
    task: Annotated[str | None, typer.Argument(help="A task's name, its folder, or gym:<id>.")] = None,
    env: Annotated[
        str | None, typer.Option(help="Constructor of an environment: package.module:function.")
    ] = None,
    goal: Annotated[
        str | None, typer.Option(help="What is wanted, in words; replaces the task's own.")
    ] = None,
    generations: Annotated[int, typer.Option(help="How often to propose, train and judge.")] = 5,
    samples: Annotated[int, typer.Option(help="Candidates a generation.")] = 16,
    model: Annotated[
        str,
        typer.Option(
            help="Who proposes: auto, search, openai/<model>, anthropic/<model>, azure/<deployment>, "
            "local:<gguf file or hub name>, manual[:<who answers>], replay:<file>; several as a,b."
        ),
    ] = "auto",
    base_url: Annotated[
        str | None, typer.Option(help="Address of the model's service, e.g. http://localhost:11434/v1.")
    ] = None,
    temperature: Annotated[
        float | None, typer.Option(help="Sampling temperature of the model; else the service's.")
    ] = None,
    max_reply_tokens: Annotated[
        int, typer.Option(help="Most tokens of a reply, hidden thinking included.")
    ] = 16_000,
    effort: Annotated[
        str | None,
        typer.Option(help="How much a reasoning model thinks, in its service's word: none, low, high, …"),
    ] = None,
    stream: Annotated[
        bool | None, typer.Option(help="Stream replies; else Anthropic's are, and others are not.")
    ] = None,
    grammar: Annotated[bool, typer.Option(help="Hold a local: model to the form of a reward.")] = True,
    max_parallel_requests: Annotated[int, typer.Option(help="Requests side by side, for each model.")] = 8,
    reply_cache: Annotated[
        bool, typer.Option(help="Take known replies to the same questions from the cache.")
    ] = True,
    seed: Annotated[int, typer.Option(help="Root of everything random in the run.")] = 0,
    search_seeds: Annotated[int, typer.Option(help="Training seeds of every candidate in the search.")] = 1,
    confirm_seeds: Annotated[int, typer.Option(help="Fresh seeds of the confirmation at the end.")] = 5,
    confirm_top: Annotated[int, typer.Option(help="How many of the best are confirmed.")] = 2,
    restarts: Annotated[
        int, typer.Option(help="Independent searches whose best are confirmed together.")
    ] = 1,
    env_steps: Annotated[
        int | None, typer.Option(help="Steps of learning a candidate; else the task's.")
    ] = None,
    budget_steps: Annotated[int | None, typer.Option(help="Environment steps of the whole run.")] = None,
    budget_usd: Annotated[float | None, typer.Option(help="Dollars for language models.")] = None,
    budget_minutes: Annotated[
        float | None, typer.Option(help="Minutes of work before the confirmation.")
    ] = None,
    target: Annotated[
        float | None, typer.Option(help="Stop searching at this fitness; else the task's.")
    ] = None,
    seed_reward: Annotated[
        Path | None, typer.Option(help="A reward you have: takes the first place.")
    ] = None,
    init_policy: Annotated[
        Path | None,
        typer.Option(help="A saved policy (policy.npz or policy.zip) that every training starts from."),
    ] = None,
    max_episode_steps: Annotated[
        int | None, typer.Option(help="Time limit of an environment without one.")
    ] = None,
    show_env_reward: Annotated[
        bool, typer.Option(help="Show the environment's own reward to the designer.")
    ] = False,
    stages: Annotated[bool, typer.Option(help="Train by the task's curriculum, where it has one.")] = True,
    reflection: Annotated[bool, typer.Option(help="Tell the designer its parent's curves.")] = True,
    history: Annotated[bool, typer.Option(help="Tell the designer what was tried before.")] = True,
    critic: Annotated[bool, typer.Option(help="Refuse broken rewards before training.")] = True,
    repair_turns: Annotated[int, typer.Option(help="Answers to the critic within a generation.")] = 2,
    one_generation: Annotated[
        bool, typer.Option(help="Ablation: all candidates in a single generation.")
    ] = False,
    trainer: Trainer = "population",
    halving: Annotated[
        bool, typer.Option(help="Stop candidates that are clearly behind (population trainer only).")
    ] = True,
    device: Device = "auto",
    worlds: Worlds = None,
    parallel: Annotated[int | None, typer.Option(help="Trainings side by side; else one a core.")] = None,
    unsafe_isolation: Annotated[
        bool, typer.Option(help="Accept a machine that can limit, but not contain, generated code.")
    ] = False,
    runs: Runs = Path("runs"),
    envs: Envs = None,
    new: Annotated[
        bool, typer.Option("--new", help="Start a new run even where one could be continued.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the configuration and what it could cost; start nothing.")
    ] = False,
    json_output: Json = False,
) -> None:
    """Evolve a reward for TASK. The same command continues a run that did not finish."""
    from eureka_agent.api.evolve import evolve as run_evolve

    if one_generation:
        generations, samples = 1, generations * samples
    options: dict[str, Any] = {
        "generations": generations, "samples": samples, "model": model, "seed": seed, "base_url": base_url,
        "temperature": temperature, "max_reply_tokens": max_reply_tokens,
        "effort": effort, "stream": stream, "grammar": grammar,
        "max_parallel_requests": max_parallel_requests, "reply_cache": reply_cache,
        "search_seeds": search_seeds, "confirm_seeds": confirm_seeds, "confirm_top": confirm_top,
        "restarts": restarts, "env_steps": env_steps, "budget_steps": budget_steps, "budget_usd": budget_usd,
        "budget_minutes": budget_minutes, "target": target, "reflection": reflection, "history": history,
        "critic": critic, "repair_turns": repair_turns, "trainer": trainer, "halving": halving,
        "device": device, "worlds": worlds, "parallel": parallel,
        "unsafe_isolation": unsafe_isolation,
    }  # fmt: skip

    if dry_run:
        from eureka_agent.api.evolve import dry_run as estimate_run
        from eureka_agent.cli.estimate import show_estimate

        estimate = estimate_run(
            task, env=env, goal=goal, max_episode_steps=max_episode_steps, show_env_reward=show_env_reward,
            stages=stages, envs=envs, seed_reward=seed_reward, init_policy=init_policy, **options,
        )  # fmt: skip
        show_estimate(estimate, json_output=json_output)
        return

    def start(on_event: Any, stop: threading.Event) -> Any:
        return run_evolve(
            task, env=env, goal=goal, max_episode_steps=max_episode_steps, show_env_reward=show_env_reward,
            stages=stages, envs=envs, runs=runs, new=new, seed_reward=seed_reward,
            init_policy=init_policy, on_event=on_event, stop=stop, **options,
        )  # fmt: skip

    _watch(start, json_output=json_output)


def resume(
    run: Annotated[
        str, typer.Argument(help="A run's name, a unique prefix, its folder, or latest.")
    ] = "latest",
    trust: Annotated[
        bool,
        typer.Option(
            "--trust",
            help="Agree to everything that the log of somebody else's run asks for.",
            allow_from_autoenv=False,  # consent is for one run, not for every one that a shell resumes
        ),
    ] = False,
    task: Annotated[str | None, typer.Option(help="The run's task: a name, a folder, or gym:<id>.")] = None,
    env: Annotated[str | None, typer.Option(help="The run's environment: package.module:function.")] = None,
    model: Annotated[str | None, typer.Option(help="The run's model: agrees that it is asked.")] = None,
    base_url: Annotated[
        str | None, typer.Option(help="The run's address of the model's service: agrees to send a key there.")
    ] = None,
    unsafe_isolation: Annotated[
        bool, typer.Option("--unsafe-isolation", help="Agree that generated code is not contained.")
    ] = False,
    runs: Runs = Path("runs"),
    envs: Envs = None,
    json_output: Json = False,
) -> None:
    """Continue a run that did not finish. Your own need no option; of others see what they ask for first."""
    from eureka_agent.api.evolve import resume as run_resume

    def go_on(on_event: Any, stop: threading.Event) -> Any:
        return run_resume(
            run, runs=runs, trust=trust, task=task, env=env, envs=envs, model=model, base_url=base_url,
            unsafe_isolation=unsafe_isolation, on_event=on_event, stop=stop,
        )  # fmt: skip

    _watch(go_on, json_output=json_output)


def _watch(start: Any, *, json_output: bool) -> None:
    """Run with live progress; Ctrl-C drains, a second one stops at once."""
    from eureka_agent.cli.output import print_json
    from eureka_agent.cli.progress import Progress, draining
    from eureka_agent.evolution.loop import Interrupted

    stop = threading.Event()
    with draining(stop), Progress(quiet=json_output) as progress:
        try:
            result = start(progress.on_event, stop)
        except Interrupted:
            progress.interrupted()
            raise typer.Exit(130) from None
    if json_output:
        print_json(result)
    else:
        progress.finished(result)
    if result.reward is None:
        raise typer.Exit(1)
