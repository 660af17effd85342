"""The one result format: rows, their statistics, tables and units on disk, provenance."""
