"""A trained run, and what its encoders make of hard negatives."""

import marimo

app = marimo.App(width="medium", app_title="token-scm: a run")

with app.setup(hide_code=True):
    from pathlib import Path

    import jax
    import marimo as mo

    from experiments.exploring.runs import ProbedRun, small_run, stored_runs
    from experiments.results.units import Units
    from experiments.studies.shared.operator_worlds import OPERATOR_WORLDS
    from experiments.training.run import finish, load
    from experiments.vocabulary import metrics
    from figures.html import STYLE, beside, control_bar, figure_image, long, number_row, table
    from figures.moved_scores import draw_losses, draw_scores
    from scm.arguments import ArgumentError

    STEPS = 600
    MEANING = {
        metrics.TEXT_SCORE: "an image prefers its caption: the mean of the two halves below",
        metrics.FAMILIAR_IMAGE: "half of it: the image of the drawn pair is asked",
        metrics.NOVEL_IMAGE: "half of it: an image of the hard negative is asked",
        metrics.GROUP_SCORE: "both images and both captions prefer their own",
        metrics.TEXT_TIES: "both captions score the same: a blind encoder always ties",
        metrics.DELTA: "δ, how far the caption moves: 0 is blind, 1 as far as any other",
    }


@app.cell(hide_code=True)
def _():
    mo.vstack(
        [
            mo.Html(STYLE),
            mo.md(
                """
                # A trained run, put to hard negatives

                Two encoders were trained to bring each image near its caption. Do they compose?
                Take a pair of an image and its caption, let an **operator** rewrite the caption
                into one that says something else (a **hard negative**), and draw an image of that
                too. Then ask which caption each image prefers.
                """
            ),
        ]
    )
    return


@app.cell(hide_code=True)
def _():
    folder = mo.ui.text("results", label="Results folder")
    get_made, set_made = mo.state(0)
    return folder, get_made, set_made


@app.cell(hide_code=True)
def _(folder):
    directory = Path(folder.value).expanduser()
    return (directory,)


@app.cell(hide_code=True)
def _(directory, folder, get_made):
    get_made()
    runs = stored_runs(directory)
    chosen = mo.ui.dropdown(runs, value=next(reversed(runs), None), label="Run", full_width=True)
    _none = (
        "There is no run of a scene world in this folder yet. Train a small one below, or name the "
        "folder of a report (`tokenscm reproduce`)."
    )
    mo.vstack(
        [
            mo.md("## Which run"),
            mo.Html(control_bar([folder.text, *([long(chosen.text)] if runs else [])])),
            mo.md("" if runs else _none),
        ]
    )
    return chosen, runs


@app.cell(hide_code=True)
def _(runs):
    operator = mo.ui.dropdown(list(OPERATOR_WORLDS), value="SWAP", label="Operator")
    coverage = mo.ui.slider(0.0, 1.0, 0.1, value=0.0, show_value=True, label="Coverage ρ")
    blind = mo.ui.switch(label="Text encoder blind by architecture")
    train = mo.ui.run_button(label=f"Train {STEPS} steps")
    mo.accordion(
        {
            "Train a small run": mo.vstack(
                [
                    mo.md(
                        "In a small world of one operator. **Coverage** is the fraction of orbits "
                        "(captions that the operator joins) of which training draws every caption. "
                        "It takes a minute or less, and is stored in the folder above."
                    ),
                    mo.hstack(
                        [operator, coverage, blind, train], justify="start", gap=2, wrap=True
                    ),
                ]
            )
        },
        expanded=not runs,
    )
    return blind, coverage, operator, train


@app.cell(hide_code=True)
def _(blind, coverage, directory, operator, set_made, train):
    mo.stop(not train.value)
    _run = small_run(operator.value, float(coverage.value), STEPS, blind.value)
    try:
        with mo.status.progress_bar(total=STEPS, title="Training", remove_on_exit=True) as _bar:
            finish(
                _run,
                Units.create(directory),
                report=lambda steps, loss: _bar.update(steps, subtitle=f"loss {loss:.3f} nats"),
            )
        set_made(lambda made: made + 1)
        _said = mo.md("Trained and stored.")
    except ArgumentError as _error:
        _said = mo.callout(f"{_error}", kind="warn")
    mo.vstack([_said])
    return


@app.cell(hide_code=True)
def _(chosen):
    key = chosen.value
    return (key,)


@app.cell(hide_code=True)
def _(directory, key):
    mo.stop(key is None)
    with mo.status.spinner("Asking its encoders"):
        finished = load(directory, key)
        probed = ProbedRun.of(finished, jax.random.key(0))
    _config, _trained = finished.run.config, finished.trained
    _figure = draw_losses(_trained.losses[0], _trained.step_counts.tolist())
    _numbers = number_row(
        [
            ("Operator", probed.operator.name, "makes the hard negatives"),
            ("Steps", f"{_config.steps:,}", f"of {_config.batch_size} pairs"),
            ("Last loss", f"{_trained.losses[0][-1]:.3f}", "nats"),
        ]
    )
    mo.vstack(
        [
            mo.md("## What was trained"),
            mo.Html(beside(_numbers, figure_image(_figure, "The loss along training."))),
        ]
    )
    return finished, probed


@app.cell(hide_code=True)
def _(probed):
    scores = {
        said: found
        for said, novel in (("never draws", True), ("draws too", False))
        if (found := probed.scores(novel))
    }

    def _shown(said, found):
        _figure = draw_scores(
            {one.metric: (one.trained, one.untrained, one.chance) for one in found}
        )
        _lines = [
            (
                one.metric,
                f"{one.trained:.3f}",
                f"{one.untrained:.3f}",
                "" if one.chance != one.chance else f"{one.chance:.3f}",
            )
            for one in found
        ]
        _heads = ("", "trained", "untrained", "chance")
        return mo.vstack(
            [
                mo.md(f"### Hard negatives that training {said}"),
                mo.Html(
                    beside(
                        figure_image(_figure, f"Scores where training {said} the negative."),
                        table(_heads, _lines, numbers=(1, 2, 3)),
                    )
                ),
            ]
        )

    mo.vstack(
        [
            mo.md(
                """
                ## Does it compose?

                Each score is a rate, beside that of guessing (**chance**) and of the same encoders
                before training (**untrained**). A high first half with a low second one is no
                composition: the encoder prefers captions that it knows, whatever the image.
                """
            ),
            mo.Html(table(("asked", "how often, or how far"), list(MEANING.items()))),
            *(_shown(said, found) for said, found in scores.items()),
        ]
    )
    return (scores,)


@app.cell(hide_code=True)
def _(probed):
    _last = max(1, min(99, len(probed.trained.row) - 1))
    which = mo.ui.slider(0, _last, 1, value=0, show_value=True, label="Pair")
    mo.vstack(
        [
            mo.md(
                """
                ## One pair up close

                The cosine of each image with each caption. Each image should prefer its own.
                """
            ),
            which,
        ]
    )
    return (which,)


@app.cell(hide_code=True)
def _(probed, which):
    example = probed.example(int(which.value))
    _own, _other = example.caption, example.negative
    _drawn = "drawn in training" if example.drawn else "never drawn in training"

    def _row(name, cosines):
        _best = cosines.argmax()
        return (
            f"image of “{name}”",
            *(
                f"<b>{one:.3f}</b>" if at == _best else f"{one:.3f}"
                for at, one in enumerate(cosines)
            ),
        )

    mo.Html(
        table(
            ("", f"“{_own}”", f"“{_other}”<br>({_drawn})"),
            [_row(_own, example.cosines[0]), _row(_other, example.cosines[1])],
            numbers=(1, 2),
        )
    )
    return (example,)


if __name__ == "__main__":
    app.run()
