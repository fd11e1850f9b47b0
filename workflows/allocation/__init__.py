"""The allocation: who gets which money by a published rule, in exact integers, with every reason."""
