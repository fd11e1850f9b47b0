"""What an association and the office write to each other about a file: one thread per file, seen by these two only."""
