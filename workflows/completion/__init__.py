"""What is missing in a submitted file: the office asks for it by name, the association answers that alone."""
