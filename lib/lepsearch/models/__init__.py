"""Models: networks that take features as the skims have them."""
