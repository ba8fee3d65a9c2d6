/* bench/systems/twoPhase.ts in Promela: two-phase commit with N resource managers (1-8).
   rm: 0 working, 1 prepared, 2 committed, 3 aborted; tm: 0 init, 1 committed, 2 aborted; sets of bits. */
byte rm[N], tm, tmPrepared, sentPrepared, sent;
#define BIT(i) (1 << i)
#define MANAGER(i) \
:: d_step { tm == 0 && (sentPrepared & BIT(i)) -> tmPrepared = tmPrepared | BIT(i) } \
:: d_step { rm[i] == 0 -> rm[i] = 1; sentPrepared = sentPrepared | BIT(i) } \
:: d_step { rm[i] == 0 -> rm[i] = 3 } \
:: d_step { (sent & 1) -> rm[i] = 2 } \
:: d_step { (sent & 2) -> rm[i] = 3 }
active proctype commit() {
end: do
:: d_step { tm == 0 && tmPrepared == (1 << N) - 1 -> tm = 1; sent = sent | 1 }
:: d_step { tm == 0 -> tm = 2; sent = sent | 2 }
MANAGER(0)
#if N > 1
MANAGER(1)
#endif
#if N > 2
MANAGER(2)
#endif
#if N > 3
MANAGER(3)
#endif
#if N > 4
MANAGER(4)
#endif
#if N > 5
MANAGER(5)
#endif
#if N > 6
MANAGER(6)
#endif
#if N > 7
MANAGER(7)
#endif
od }
