"""Exact numbers of finite and continuous worlds: informations, prices, losses, scores."""
