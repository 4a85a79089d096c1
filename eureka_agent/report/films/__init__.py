"""Films and contact sheets of recorded episodes, drawn with Pillow."""
