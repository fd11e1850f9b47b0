"""A whole call played from a file, through the same actions the web uses: for demonstration and for proof."""
