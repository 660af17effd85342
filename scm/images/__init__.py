"""How a scene becomes an image: a vector, or pixels."""
