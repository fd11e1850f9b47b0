"""What becomes of an award once it is decided: its steps of approval, its signature, its money; or a hold."""
