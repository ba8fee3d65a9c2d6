/* bench/systems/philosophers.ts in Promela: N philosophers (2-16) and as many forks; 0 free, 1 held by the
   philosopher of its number, 2 by the one before. */
byte f[N];
#define SEAT(i) :: d_step { f[i] == 0 -> f[i] = 1 } :: d_step { f[(i + 1) % N] == 0 -> f[(i + 1) % N] = 2 } \
:: d_step { f[i] == 1 && f[(i + 1) % N] == 2 -> f[i] = 0; f[(i + 1) % N] = 0 }
active proctype table() {
end: do
SEAT(0)
SEAT(1)
#if N > 2
SEAT(2)
#endif
#if N > 3
SEAT(3)
#endif
#if N > 4
SEAT(4)
#endif
#if N > 5
SEAT(5)
#endif
#if N > 6
SEAT(6)
#endif
#if N > 7
SEAT(7)
#endif
#if N > 8
SEAT(8)
#endif
#if N > 9
SEAT(9)
#endif
#if N > 10
SEAT(10)
#endif
#if N > 11
SEAT(11)
#endif
#if N > 12
SEAT(12)
#endif
#if N > 13
SEAT(13)
#endif
#if N > 14
SEAT(14)
#endif
#if N > 15
SEAT(15)
#endif
od }
