"""What everybody may read: the awards of a call, and the sums computed from them."""
