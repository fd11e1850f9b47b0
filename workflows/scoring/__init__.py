"""The jury and the experts: who judges which file, their marks, and the score that follows.

Beside the four files of every stage:

meeting, deliberating        the meeting of the jury, what it agrees on, the panel closed with its record

All the others are pure:

jury, swaps                  the jury as it is assigned; a change by hand and what it breaks
matching                     the whole assignment; within it `seating` exchanges files, `drafting` finds what can be
                             done at all, `shortage` says what is lacking
standing                     where a file stands after the reviews: quorum, spread, minima, classes
severity                     how severe each juror is, and scores without it
agreement, reliability       how far the marks can be trusted: alpha, components of variance
chances, flips, posterior    what chance or other weights would have made of the ranking; `posterior` alone has floats
lots                         numbers nobody chose and everybody can draw again
"""
