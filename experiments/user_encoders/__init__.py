"""A user's own encoder under the probes of our studies."""
