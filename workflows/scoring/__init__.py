"""The jury and the experts: who judges which file, their marks, and the score that follows."""
