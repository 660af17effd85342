"""Studies of exact numbers, one file each, in the order they run."""

from experiments.studies.exact import depth as depth
from experiments.studies.exact import fold as fold
from experiments.studies.exact import orbits as orbits
from experiments.studies.exact import price as price
from experiments.studies.exact import pseudo_optima as pseudo_optima
from experiments.studies.exact import readings as readings
from experiments.studies.exact import surcharge as surcharge
