"""A claim put to worlds: told in words, drawn at random, or such that a condition is broken."""

import marimo

app = marimo.App(width="medium", app_title="token-scm: a claim")

with app.setup(hide_code=True):
    import marimo as mo

    from experiments.exploring.claims import (
        condition_to_drop,
        finite_claims,
        put,
        put_to_random_worlds,
        small_failure,
    )
    from experiments.exploring.worded_worlds import WORDED_WORLDS, WordedWorld, families
    from figures.html import (
        STYLE,
        columns,
        comparison_table,
        control_bar,
        law_table,
        long,
        number_row,
        orbit_key,
        orbit_row,
    )
    from proofs_check import FiniteWorld
    from scm.arguments import ArgumentError

    CLAIMS = finite_claims()
    FEW = 8


@app.cell(hide_code=True)
def _():
    mo.vstack(
        [
            mo.Html(STYLE),
            mo.md(
                """
                # A claim, put to worlds

                Each claim of the theory predicts numbers of any small world that meets its
                conditions. A world is a table: which **scenes** there are, which **captions** say
                them, how often training draws each, and which captions an **operator** makes of
                which. Everything here is computed exactly from such tables.
                """
            ),
        ]
    )
    return


@app.cell(hide_code=True)
def _():
    chosen = mo.ui.dropdown(
        {f"{one.id}: {one.title}": one.id for one in CLAIMS.values()},
        value=f"T6: {CLAIMS['T6'].title}",
        label="Claim",
        full_width=True,
    )
    mo.Html(control_bar([long(chosen.text)]))
    return (chosen,)


@app.cell(hide_code=True)
def _(chosen):
    claim_id = chosen.value
    return (claim_id,)


@app.cell(hide_code=True)
def _(claim_id):
    claim = CLAIMS[claim_id]
    mo.md(
        f"""
        **{claim.statement}**

        *It assumes:* {claim.conditions} (*X* is the image, *Y* the caption, `z_inv` the scene, r(y)
        the scene that a caption y says.) The proof is in `proofs_check/THEORY.md`, {claim.id}.
        """
    )
    return (claim,)


@app.cell(hide_code=True)
def _():
    start = mo.ui.dropdown(
        list(WORDED_WORLDS), value=next(iter(WORDED_WORLDS)), label="Start from", full_width=True
    )
    mo.vstack(
        [
            mo.md(
                """
                ## In a world of yours

                Say in words what there is and which captions training draws, one a line, with a
                weight behind a colon where they are not equally frequent.
                """
            ),
            mo.Html(long(start.text)),
        ]
    )
    return (start,)


@app.cell(hide_code=True)
def _(start):
    _begin = WORDED_WORLDS[start.value]
    words = mo.ui.dictionary(
        {
            "nouns": mo.ui.text(_begin.nouns, label="Nouns", full_width=True),
            "attributes": mo.ui.text(_begin.attributes, label="Attributes", full_width=True),
            "drawn": mo.ui.text_area(
                _begin.drawn, label="Captions of training", rows=4, full_width=True
            ),
            "operators": mo.ui.multiselect(
                list(families()), value=list(_begin.operators), label="Operators", full_width=True
            ),
            "objects": mo.ui.slider(
                1, 2, value=_begin.objects, show_value=True, label="Objects in a scene"
            ),
            "optional": mo.ui.switch(_begin.optional, label="An attribute may be missing"),
            "vertical": mo.ui.switch(_begin.vertical, label="One above the other"),
        }
    )
    _element = words.elements
    mo.Html(
        columns(
            *(
                mo.vstack([_element[name] for name in names]).text
                for names in (
                    ("nouns", "attributes", "drawn"),
                    ("operators", "objects", "optional", "vertical"),
                )
            )
        )
    )
    return (words,)


@app.cell(hide_code=True)
def _(words):
    worded = WordedWorld(**words.value)
    return (worded,)


@app.cell(hide_code=True)
def _(claim, worded):
    trial, problem = None, None
    try:
        trial = put(claim, worded.finite())
    except ArgumentError as _error:
        problem = str(_error)
    if trial is None:
        _shown = mo.callout(mo.md(f"This is no world yet. {problem}"), kind="warn")
    elif trial.refused:
        _others = [
            name for name, one in WORDED_WORLDS.items() if not put(claim, one.finite()).refused
        ]
        _hint = f" Of those to start from it speaks of: {'; '.join(_others)}." if _others else ""
        _shown = mo.callout(
            mo.md(f"The claim does not speak of this world: {trial.refused}.{_hint}"),
            kind="neutral",
        )
    else:
        _said = "Every number is as predicted." if trial.holds else "The claim fails here."
        _shown = mo.vstack(
            [
                mo.callout(_said, kind="success" if trial.holds else "danger"),
                mo.Html(comparison_table(trial.comparisons)),
            ]
        )
    _orbits = [mo.Html(orbit_key() + orbit_row(trial.world))] if trial else []
    mo.vstack([*_orbits, _shown])
    return problem, trial


@app.cell(hide_code=True)
def _():
    examples = mo.ui.slider(
        steps=[10, 20, 50, 100, 200, 500], value=50, show_value=True, label="Worlds"
    )
    seed = mo.ui.number(0, 9999, value=0, label="Seed")
    sentences = mo.ui.switch(True, label="Captions in words")
    test = mo.ui.run_button(label="Test the claim")
    mo.vstack(
        [
            mo.md(
                """
                ## In worlds drawn at random

                A claim about all worlds is best tested in worlds that nobody chose. These are
                drawn so that they meet its conditions; if it failed in one, a small such
                world would be shown.
                """
            ),
            mo.hstack([examples, seed, sentences, test], justify="start", gap=2, wrap=True),
        ]
    )
    return examples, seed, sentences, test


@app.cell(hide_code=True)
def _(examples, seed, sentences, test):
    asked = (examples.value, int(seed.value), sentences.value) if test.value else None
    return (asked,)


@app.cell(hide_code=True)
def _(asked, claim):
    mo.stop(asked is None, mo.md("*Press the button; it takes some seconds.*"))
    _n, _seed, _words = asked
    with mo.status.progress_bar(total=_n, title="Worlds", remove_on_exit=True) as _bar:
        trials = put_to_random_worlds(claim, _n, seed_=_seed, words=_words, report=_bar.update)
    _held = sum(one.holds for one in trials)
    _compared = sum(len(one.comparisons) for one in trials)
    mo.Html(
        number_row(
            [
                ("Worlds", f"{len(trials)}", "that meet the conditions"),
                ("The claim holds in", f"{_held}", "of them"),
                ("Numbers compared", f"{_compared}", "predicted and measured"),
            ]
        )
    )
    return (trials,)


@app.cell(hide_code=True)
def _(trials):
    # One that fails, or else one of few captions of which operators join most.
    _told = max(
        trials,
        key=lambda one: (
            not one.holds,
            one.world.captions <= 30,
            one.world.captions - int(one.world.orbit.max()),
        ),
    )
    which = mo.ui.slider(
        *(1, max(2, len(trials))),
        value=trials.index(_told) + 1,
        show_value=True,
        label="Show world number",
    )
    mo.vstack([which])
    return (which,)


@app.cell(hide_code=True)
def _(trials, which):
    _one = trials[min(which.value, len(trials)) - 1]
    mo.vstack(
        [
            mo.Html(orbit_row(_one.world)),
            mo.Html(comparison_table(_one.comparisons)),
        ]
    )
    return


@app.cell(hide_code=True)
def _(claim):
    dropped = condition_to_drop(claim)
    controls = {one.name: one for one in claim.controls}
    control = mo.ui.dropdown(list(controls), value=next(iter(controls)), label="Control")
    mo.vstack(
        [
            mo.md(
                """
                ## Where a condition is dropped

                A claim that cannot fail says nothing. Each **control** is a world that breaks one
                condition. The theory predicts how the claim fails there, and that is measured too.
                """
            ),
            control,
        ]
    )
    return control, controls, dropped


@app.cell(hide_code=True)
def _(control):
    control_name = control.value
    return (control_name,)


@app.cell(hide_code=True)
def _(claim, control_name, controls):
    mo.stop(control_name not in controls)
    _control = controls[control_name]
    _world = _control.world()
    failure = tuple(_control.failure(_world))
    _shown = [mo.Html(comparison_table(failure))]
    if isinstance(_world, FiniteWorld):
        _refused = put(claim, _world).refused
        _said = f"The claim itself refuses it: {_refused}." if _refused else ""
        _law = [mo.Html(law_table(_world))] if len(_world.probability) <= FEW else []
        _shown = [mo.Html(orbit_row(_world)), *_law, mo.md(_said), *_shown]
    mo.vstack(_shown)
    return (failure,)


@app.cell(hide_code=True)
def _(dropped):
    search = mo.ui.run_button(label="Find a small failure")
    mo.vstack(
        [
            mo.md(
                f"Drop a condition yourself: suppose it is **not {dropped.expected}**. In which "
                "small world does the claim then fail?"
            ),
            search,
        ]
    ) if dropped else None
    return (search,)


@app.cell(hide_code=True)
def _(search):
    searched = search.value
    return (searched,)


@app.cell(hide_code=True)
def _(claim, dropped, searched):
    mo.stop(not searched or dropped is None)
    with mo.status.spinner("Looking for it"):
        failing = small_failure(claim, dropped, 0) if dropped else None
    if failing is None:
        _shown = mo.md("None was found among those that were drawn.")
    else:
        _missed = [one for one in failing.comparisons if not one.holds]
        _shown = mo.vstack(
            [
                mo.Html(orbit_row(failing.world)),
                mo.Html(law_table(failing.world)),
                mo.callout(mo.md(failing.refused), kind="danger")
                if failing.refused
                else mo.Html(comparison_table(_missed)),
            ]
        )
    mo.vstack([_shown])
    return (failing,)


@app.cell(hide_code=True)
def _():
    mo.accordion(
        {
            "Words used here": mo.md(
                """
                - **Operator, orbit**: an operator rewrites captions; those that it joins are an
                  orbit. **Blind** is a text encoder that gives all captions of an orbit one place.
                - **Optimum**: encoders that no others beat in the contrastive loss, which asks to
                  tell the caption of an image from those of other images. L_K is that loss with K
                  pairs in a batch, L_inf its limit; in nats (log 2 = 0.69 nats is one bit).
                - **I(X; Y)**: what a caption Y says about the image X. **I(X; Y | Q)**: what it
                  says beyond its orbit Q, the price of blindness. **H(z | Q)**: what the orbit
                  leaves open about the scene z.
                - **g**: a text encoder; **g\\***: one that reads everything; **delta(T)**: how far
                  an operator T moves captions, 0 where it is blind.
                - **Hard negative**: a caption that an operator makes and that says another scene.
                  A **tie**: an image scores both alike.
                - **Identity**: a number that is as predicted whatever the encoders are. It tests
                  the program and is no evidence for the claim.
                """
            )
        }
    )
    return


if __name__ == "__main__":
    app.run()
