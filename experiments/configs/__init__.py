"""Configs by name: as JSON, by hash, by dotted setting, and the source of a user's class."""
