"""Read a finished run: its verdict, the table of its confirmation, learning curves, and the best reward.

`python examples/read_run.py latest` reads the newest run under `runs/`; a name or a folder does as well.
Nothing that the run names is loaded or executed.
"""

import sys

import eureka_agent

view = eureka_agent.show(sys.argv[1] if sys.argv[1:] else "latest")
print(view.verdict.sentence)

for row in view.confirmation.get("table", []):
    print(f"{row['name']:10} {row['fitness']:8.2f} on the seeds {row['seeds']}")

for candidate in view.candidates:
    print(f"{candidate.id}: {candidate.status}, {candidate.operator} of {candidate.parents or 'nothing'}")
    for evaluation in candidate.evaluations:
        curve = [round(fitness, 1) for fitness in evaluation.curves["fitness"]]
        print(f"  {evaluation.stage} {evaluation.replicate}: scored {evaluation.fitness:.1f}, curve {curve}")

print(view.best_source)
