"""Multi-layer perceptron over vectors."""
