"""What theory asks of a corpus of captions, estimated from a file of them."""
