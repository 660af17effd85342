"""What the notebooks show: a world as its settings move, a stored run, a claim put to worlds."""
