"""Every promise of the data, checked without changing anything: what is broken is named, in the operator's English."""
