-- bench/systems/peterson.ts in Murphi: Peterson's mutual exclusion for N processes.
-- step: 0 away, 1 to raise the flag, 2 to take the turn, 3 waiting, 4 inside.
const N: 5;
type process: 0..N-1;
var
  step: array[process] of 0..4;
  level: array[process] of 0..N-1;
  flag: array[process] of 0..N-1;
  turn: array[process] of 0..N-1;
startstate begin
  for p: process do step[p] := 0; level[p] := 0; flag[p] := 0; turn[p] := 0; end;
end;
ruleset p: process do
  rule step[p] = 0 ==> begin level[p] := 1; step[p] := 1; end;
  rule step[p] = 1 ==> begin flag[p] := level[p]; step[p] := 2; end;
  rule step[p] = 2 ==> begin turn[level[p] - 1] := p; step[p] := 3; end;
  rule step[p] = 3 & (turn[level[p] - 1] != p | forall q: process do q = p | flag[q] < level[p] end)
  ==> begin
    if level[p] + 1 < N then level[p] := level[p] + 1; step[p] := 1;
    else level[p] := 0; step[p] := 4; end;
  end;
  rule step[p] = 4 ==> begin flag[p] := 0; step[p] := 0; end;
end;
invariant "mutual exclusion"
  forall p: process do forall q: process do p = q | step[p] != 4 | step[q] != 4 end end;
