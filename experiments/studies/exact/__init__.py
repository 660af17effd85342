"""Studies of exact numbers, one file each."""
