"""Studies that train, one file each."""
