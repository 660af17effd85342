"""What studies share: what a study is, its worlds, probes and verdicts."""
