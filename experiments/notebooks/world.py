"""A world as its settings move: its pairs, hard negatives, price and orbits."""

import marimo

app = marimo.App(width="medium", app_title="token-scm: a world")

with app.setup(hide_code=True):
    import marimo as mo

    from experiments.exploring.worlds import MovedWorld, closed_form, negatives_of, orbits_of
    from experiments.results.sheets import VectorPairs, sheet_of, vectors_of
    from experiments.studies.shared.operator_worlds import OPERATOR_WORLDS
    from figures.html import (
        STYLE,
        beside,
        control_bar,
        figure_image,
        number_row,
        orbit_key,
        orbit_row,
        picture_row,
        table,
    )
    from figures.moved_price import draw_moved_price
    from figures.world_sheet import draw_sheet
    from proofs_check.finite.constructions import orbit_criterion
    from scm import OPERATORS, PixelImagesConfig

    SEED = 0


@app.cell(hide_code=True)
def _():
    mo.vstack(
        [
            mo.Html(STYLE),
            mo.md(
                """
                # A world, as its settings move

                A model learns from pairs of an image and a caption. An **operator** rewrites a
                caption into another that says something else: SWAP makes "a square left of a disc"
                of "a disc left of a square". Captions that it joins are an **orbit**.

                May a perfectly trained model be **blind** to the operator, reading all captions of
                an orbit as one? That depends on what training shows. An orbit is **covered** if
                training draws all its captions with their images. Move the settings and see.
                """
            ),
        ]
    )
    return


@app.cell(hide_code=True)
def _():
    operator = mo.ui.dropdown(list(OPERATOR_WORLDS), value="SWAP", label="Operator")
    return (operator,)


@app.cell(hide_code=True)
def _(operator):
    orbits = orbits_of(operator.value)
    has_odds = OPERATOR_WORLDS[operator.value].V == 2
    covered_slider = mo.ui.slider(
        0, orbits, 1, value=orbits // 3, show_value=True, label=f"Covered orbits, of {orbits}"
    )
    odds_slider = mo.ui.slider(
        *(0.05, 0.95, 0.05),
        value=0.5,
        show_value=True,
        disabled=not has_odds,
        label="Odds θ in a covered orbit" + ("" if has_odds else " (of two captions only)"),
    )
    mo.Html(control_bar([operator.text, covered_slider.text, odds_slider.text]))
    return covered_slider, has_odds, odds_slider, orbits


@app.cell(hide_code=True)
def _(covered_slider, odds_slider):
    covered, theta = int(covered_slider.value), float(odds_slider.value)
    return covered, theta


@app.cell(hide_code=True)
def _(covered, operator, theta):
    world = MovedWorld.of(operator.value, covered, theta, SEED)
    price = world.price
    predicted = closed_form(world.V, world.rho, world.theta)
    return predicted, price, world


@app.cell(hide_code=True)
def _(has_odds, orbits, predicted, price, world):
    _forbidden = int((~orbit_criterion(world.finite)).sum())
    _formula = "ρ · H(θ)" if has_odds else f"ρ · log {world.V}"
    _numbers = number_row(
        [
            ("Price of blindness", f"{price:.4f}", "nats, from the world's exact tables"),
            ("Theory", f"{predicted:.4f}", f"nats, {_formula}"),
            ("Coverage ρ", f"{world.rho:.2f}", f"{round(world.rho * orbits)} of {orbits} orbits"),
            (
                "Blindness is",
                "costly" if _forbidden else "free",
                f"on {_forbidden} orbits no optimum may be blind"
                if _forbidden
                else "an optimum may be blind on every orbit",
            ),
        ]
    )
    mo.vstack([mo.md("## What blindness costs"), mo.Html(_numbers)])
    return


@app.cell(hide_code=True)
def _(has_odds, price, theta, world):
    _along = [("covered fraction of orbits ρ", world.rho, lambda at: (at, theta))]
    if has_odds:
        _along.append(("odds θ in a covered orbit", theta, lambda at: (world.rho, at)))
    _figures = [
        figure_image(
            draw_moved_price(
                _name,
                lambda at, place=_place: closed_form(world.V, *place(at)),
                (_at, price),
                closed_form(world.V, 1.0, 0.5),
            ),
            f"The price against the {_name}; at {_at:.2f} this world pays {price:.4f} nats.",
        )
        for _name, _at, _place in _along
    ]
    mo.Html(beside(*_figures))
    return


@app.cell(hide_code=True)
def _(operator, world):
    mo.vstack(
        [
            mo.md(
                f"""
                ## Orbits under {operator.value}

                Each box is an orbit. An optimum may be blind on it if the captions that training
                draws of it all say one scene. Where training draws two, a model that reads them as
                one cannot tell their images apart, and pays.
                """
            ),
            mo.Html(orbit_key() + orbit_row(world.finite)),
        ]
    )
    return


@app.cell(hide_code=True)
def _():
    kind = mo.ui.radio(["pixels", "vectors"], value="pixels", inline=True, label="Images of")
    return (kind,)


@app.cell(hide_code=True)
def _(kind):
    if kind.value == "pixels":
        settings = mo.ui.dictionary(
            {
                "drift": mo.ui.slider(
                    0.0, 1.5, 0.25, value=0.0, label="Drift, in cells", show_value=True
                ),
                "jitter": mo.ui.slider(
                    0.0, 1.0, 0.1, value=1.0, label="Style of objects", show_value=True
                ),
                "backdrop": mo.ui.slider(
                    0.0, 1.0, 0.1, value=1.0, label="Background", show_value=True
                ),
            }
        )
        _meaning = (
            "**Drift** moves the whole row of objects over the canvas: the place of an object then "
            "says little of its place in the row. **Style** is each object's exact place, size and "
            "tilt. The **background** is its colour, light, texture and noise; captions never "
            "mention any of it."
        )
    else:
        settings = mo.ui.dictionary(
            {
                "salience": mo.ui.slider(
                    0.05, 1.0, 0.05, value=1.0, label="Salience σ of places", show_value=True
                ),
                "causal": mo.ui.switch(label="The scene causes style"),
            }
        )
        _meaning = (
            "**Salience** is how strongly an image shows *where* a word stands, beside *which* "
            "words there are. However faint, it tells: the price above does not change. Whether "
            "training finds it is another matter. Below, a row is a pair: the code of its scene, "
            "the code with both phrases exchanged (as like it as the places are faint), style "
            "`z_dp_img`, noise `z_pr_img`, and the image, which mixes all but the exchanged code."
        )
    mo.vstack(
        [
            mo.md("## Its pairs"),
            mo.hstack([kind, *settings.elements.values()], justify="start", gap=2, wrap=True),
            mo.md(_meaning),
        ]
    )
    return (settings,)


@app.cell(hide_code=True)
def _(kind, settings):
    # What a page sends for 1.0 is an integer.
    images = {name: float(value) for name, value in settings.value.items() if value is not None}
    image_kind = kind.value
    return image_kind, images


@app.cell(hide_code=True)
def _(image_kind, images, world):
    if image_kind == "pixels":
        _backdrop = images["backdrop"]
        _chosen = PixelImagesConfig(
            resolution=64,
            drift=images["drift"],
            jitter=images["jitter"],
            background=_backdrop,
            lighting=_backdrop,
            texture=_backdrop,
            sensor_noise=_backdrop,
        )
    else:
        _chosen = vectors_of(world.config, images["salience"], images["causal"] > 0)
    sheet = sheet_of(world.with_images(_chosen), 8, SEED)
    if isinstance(sheet, VectorPairs):
        _said = "A row a pair: its scene's code, that with its words exchanged, and its image."
        _shown = f'<div class="ts-wide">{figure_image(draw_sheet(sheet), _said)}</div>'
    else:
        _shown = picture_row([pair.picture for pair in sheet])
    mo.Html(_shown)
    return (sheet,)


@app.cell(hide_code=True)
def _(world):
    caption = mo.ui.dropdown(world.drawn, value=world.drawn[0], label="Caption", searchable=True)
    rewriting = mo.ui.multiselect(list(OPERATORS), value=list(OPERATORS), label="Operators")
    depth = mo.ui.slider(1, 3, 1, value=1, show_value=True, label="Depth")
    mo.vstack(
        [
            mo.md(
                """
                ## Hard negatives of a caption

                A **hard negative** is a caption that operators make of this one and that says
                another scene. **Depth** is how many operators in a row may act.
                """
            ),
            mo.hstack([caption, rewriting, depth], justify="start", gap=2, wrap=True),
        ]
    )
    return caption, depth, rewriting


@app.cell(hide_code=True)
def _(caption, depth, rewriting, world):
    negatives = negatives_of(
        world.scene_world(SEED), caption.value, tuple(rewriting.value), depth.value
    )
    _lines = [
        (one.caption, ", then ".join(one.operators), "yes" if one.in_support else "never")
        for one in negatives
    ]
    mo.Html(table(("hard negative", "made by", "drawn in training"), _lines)) if _lines else mo.md(
        "These operators make no hard negative of it."
    )
    return (negatives,)


@app.cell(hide_code=True)
def _():
    mo.accordion(
        {
            "Words used here": mo.md(
                """
                - **Nat**: the unit of information with natural logarithms; log 2 = 0.69 nats is
                  one bit.
                - **Optimum**: encoders that no others beat in the contrastive loss, which asks to
                  tell the caption of an image from those of other images.
                - **Price of blindness**: how much worse the best blind model is, in nats of that
                  loss with batches without end. It is computed from a table of all captions and
                  scenes, so it is exact (T10 in `proofs_check/THEORY.md`).
                - **Odds θ**: in a covered orbit of two captions, how often training draws the
                  first. H(θ) = −θ log θ − (1−θ) log(1−θ).
                - **May be blind** (T6): some optimum is blind on an orbit just where the captions
                  that are drawn of it all say one scene.
                """
            )
        }
    )
    return


if __name__ == "__main__":
    app.run()
