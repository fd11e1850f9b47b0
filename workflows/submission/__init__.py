"""The association's file: a draft with answers and documents, frozen when it is submitted."""
