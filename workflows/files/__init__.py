"""Documents: kept by the hash of their content, under names nobody chose."""
