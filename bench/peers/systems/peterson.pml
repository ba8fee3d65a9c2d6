/* bench/systems/peterson.ts in Promela: Peterson's mutual exclusion for N processes (2-7). */
byte flag[N], turn[N];
#define BELOW(i) (i == _pid || flag[i] < level)
active [N] proctype user() { byte level;
away: if :: d_step { level = 1 }; goto raise fi;
raise: if :: d_step { flag[_pid] = level }; goto take fi;
take: if :: d_step { turn[level - 1] = _pid }; goto wait fi;
wait: if
:: d_step { level < N - 1 && (turn[level - 1] != _pid || (BELOW(0) && BELOW(1)
#if N > 2
&& BELOW(2)
#endif
#if N > 3
&& BELOW(3)
#endif
#if N > 4
&& BELOW(4)
#endif
#if N > 5
&& BELOW(5)
#endif
#if N > 6
&& BELOW(6)
#endif
)) -> level++ }; goto raise
:: d_step { level == N - 1 && (turn[level - 1] != _pid || (BELOW(0) && BELOW(1)
#if N > 2
&& BELOW(2)
#endif
#if N > 3
&& BELOW(3)
#endif
#if N > 4
&& BELOW(4)
#endif
#if N > 5
&& BELOW(5)
#endif
#if N > 6
&& BELOW(6)
#endif
)) -> level = 0 }; goto inside
fi;
inside: if :: d_step { flag[_pid] = 0 }; goto away fi
}
