/* bench/systems/grid.ts in Promela: N digits (1-8) below B, each moved up or down by one. */
byte d[N];
#define DIGIT(i) :: d_step { d[i] < B - 1 -> d[i]++ } :: d_step { d[i] > 0 -> d[i]-- }
active proctype move() {
end: do
DIGIT(0)
#if N > 1
DIGIT(1)
#endif
#if N > 2
DIGIT(2)
#endif
#if N > 3
DIGIT(3)
#endif
#if N > 4
DIGIT(4)
#endif
#if N > 5
DIGIT(5)
#endif
#if N > 6
DIGIT(6)
#endif
#if N > 7
DIGIT(7)
#endif
od }
