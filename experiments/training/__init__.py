"""The one training loop: its config, devices, compiled chunk, optimiser and stored runs."""
