"""What kind of number a measurement is."""

MEASURED = "measured"
"""Of what was trained."""

BASELINE = "baseline"
"""Of the same, untrained."""

CHANCE = "chance"
"""Of shuffled embeddings, or of who guesses."""

CEILING = "ceiling"
"""The best that whoever holds the truth can do."""

PREDICTED = "predicted"
"""What a theorem says of it."""

EXACT = "exact"
"""Enumerated, or in closed form."""

OPTIMUM = "optimum"
"""The least of all critics, whatever they see."""

LIMIT = "limit"
"""As the batch grows without bound."""

BOUND = "bound"
"""What it may not pass."""

TOLERANCE = "tolerance"
"""How far it may lie from what is predicted."""
