"""A call for proposals: its terms (data), its publication and its clock."""
