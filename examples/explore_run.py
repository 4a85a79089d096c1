"""A marimo notebook on a run: its verdict, its drawings, its tables. Nothing that the run names is executed.

`marimo edit examples/explore_run.py -- --run latest` opens it (`pip install marimo`), and
`python examples/explore_run.py --run latest` runs its cells as a script.
"""

import marimo

app = marimo.App(width="medium")


@app.cell
def _():
    import marimo as mo

    import eureka_agent

    run = eureka_agent.load_run(str(mo.cli_args().get("run") or "latest"))
    print(run.verdict.sentence)
    mo.vstack([run.plot_confirmation(), run.plot_search(), run.plot_lineage(), run.plot_learning()])
    return mo, run


@app.cell
def _(mo, run):
    trained = [row["candidate"] for row in run.candidates if row["search_fitness"] is not None]
    chosen = mo.ui.dropdown(trained, value=run.best, label="candidate")
    mo.vstack([mo.ui.table(run.candidates.rows), chosen])
    return (chosen,)


@app.cell
def _(chosen, mo, run):
    curve = run.curves.where(candidate=chosen.value, curve="fitness").rows
    mo.vstack([run.plot_components(chosen.value), mo.ui.table(curve)])


if __name__ == "__main__":
    app.run()
