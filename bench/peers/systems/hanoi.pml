/* bench/systems/hanoi.ts in Promela: N discs (1-16), each on one of three pegs, the smallest first. */
byte peg[N];
/* Disc i may leave its peg and come to peg p when no smaller one is on either. */
#define CLEAR(j, i, p) (i <= j || (peg[j % N] != peg[i] && peg[j % N] != p))
#define FREE(i, p) (CLEAR(0, i, p) && CLEAR(1, i, p) && CLEAR(2, i, p) && CLEAR(3, i, p) && CLEAR(4, i, p) && \
CLEAR(5, i, p) && CLEAR(6, i, p) && CLEAR(7, i, p) && CLEAR(8, i, p) && CLEAR(9, i, p) && CLEAR(10, i, p) && \
CLEAR(11, i, p) && CLEAR(12, i, p) && CLEAR(13, i, p) && CLEAR(14, i, p))
#define DISC(i) :: d_step { peg[i] != 0 && FREE(i, 0) -> peg[i] = 0 } \
:: d_step { peg[i] != 1 && FREE(i, 1) -> peg[i] = 1 } :: d_step { peg[i] != 2 && FREE(i, 2) -> peg[i] = 2 }
active proctype move() {
end: do
DISC(0)
#if N > 1
DISC(1)
#endif
#if N > 2
DISC(2)
#endif
#if N > 3
DISC(3)
#endif
#if N > 4
DISC(4)
#endif
#if N > 5
DISC(5)
#endif
#if N > 6
DISC(6)
#endif
#if N > 7
DISC(7)
#endif
#if N > 8
DISC(8)
#endif
#if N > 9
DISC(9)
#endif
#if N > 10
DISC(10)
#endif
#if N > 11
DISC(11)
#endif
#if N > 12
DISC(12)
#endif
#if N > 13
DISC(13)
#endif
#if N > 14
DISC(14)
#endif
#if N > 15
DISC(15)
#endif
od }
