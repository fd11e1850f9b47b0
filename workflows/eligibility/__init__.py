"""Whether a submitted file may be judged at all: conditions as data, a person decides."""
