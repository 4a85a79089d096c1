"""Read a finished run: its verdict, the table of its confirmation, learning curves, and the best reward.

`python examples/read_run.py latest` reads the newest run under `runs/`; a name or a folder does as well.
Nothing that the run names is loaded or executed.
"""

import sys

import eureka_agent

run = eureka_agent.load_run(sys.argv[1] if sys.argv[1:] else "latest")
print(run.verdict.sentence)

for row in run.confirmation:
    print(f"{row['candidate']:10} {row['fitness']:8.2f} on seed {row['seed']}")

for row in run.candidates:
    print(f"{row['candidate']}: {row['status']}, {row['operator']} of {row['parents'] or 'nothing'}")
    curve = run.curves.where(candidate=row["candidate"], phase="search", curve="fitness")
    print(f"  curve {[round(fitness, 1) for fitness in curve['value']]}")

for row in run.candidates.where(winner=True):
    print(run.source(row["candidate"]))
