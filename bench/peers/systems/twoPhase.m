-- bench/systems/twoPhase.ts in Murphi: two-phase commit with N resource managers.
-- rm: 0 working, 1 prepared, 2 committed, 3 aborted; tm: 0 init, 1 committed, 2 aborted.
const N: 7;
type manager: 1..N;
var
  rm: array[manager] of 0..3;
  tm: 0..2;
  tmPrepared, sentPrepared: array[manager] of boolean;
  sentCommit, sentAbort: boolean;
startstate begin
  for r: manager do rm[r] := 0; tmPrepared[r] := false; sentPrepared[r] := false; end;
  tm := 0; sentCommit := false; sentAbort := false;
end;
rule tm = 0 & forall r: manager do tmPrepared[r] end ==> begin tm := 1; sentCommit := true; end;
rule tm = 0 ==> begin tm := 2; sentAbort := true; end;
ruleset r: manager do
  rule tm = 0 & sentPrepared[r] ==> begin tmPrepared[r] := true; end;
  rule rm[r] = 0 ==> begin rm[r] := 1; sentPrepared[r] := true; end;
  rule rm[r] = 0 ==> begin rm[r] := 3; end;
  rule sentCommit ==> begin rm[r] := 2; end;
  rule sentAbort ==> begin rm[r] := 3; end;
end;
invariant "consistent" forall r: manager do forall s: manager do !(rm[r] = 2 & rm[s] = 3) end end;
