"""The commands of ``tokenscm``: what each takes, does and says."""

from experiments.commands.parse import parse as parse
