"""What is read off a corpus of captions."""

CORPUS = "corpus"
"""The study, and its setting where neighbours of captions are those that the corpus holds."""

ANY_DEPTH = "any"
"""Depth of what some word of one operator reaches."""

COVERAGE_SEEN = "coverage seen"
"""How often an operator makes another caption of the corpus from a caption of the corpus."""

COVERAGE_TRUE = "coverage with the unseen"
"""The same in an endless corpus, as far as how often neighbours are seen lets it be estimated."""

ORBIT_COVERED = "orbit covered"
"""How often the orbit of a caption, by pairs of a file, holds another caption of the corpus."""

SEEN_AGAIN = "orbit seen again"
"""The share of captions whose orbit holds another caption, be it the same one again."""

DISAGREEMENT = "disagreement"
"""How often two captions of one orbit are different ones."""

ODDS_OF_ORBIT = "odds"
"""The probability of the commoner of the two captions of an orbit."""

NEGATIVES = "negatives"
"""How many there are."""

CAPTIONS = "captions"
"""How many a corpus, or a part of one, holds."""
