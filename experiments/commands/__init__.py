"""The commands of ``tokenscm``: what each takes, does and says."""
