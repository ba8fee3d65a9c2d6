-- bench/systems/philosophers.ts in Murphi: N philosophers and as many forks; 0 free, 1 held by the
-- philosopher of its number, 2 by the one before.
const N: 12;
type seat: 0..N-1;
var f: array[seat] of 0..2;
startstate begin for i: seat do f[i] := 0; end; end;
ruleset i: seat do
  rule f[i] = 0 ==> begin f[i] := 1; end;
  rule f[(i + 1) % N] = 0 ==> begin f[(i + 1) % N] := 2; end;
  rule f[i] = 1 & f[(i + 1) % N] = 2 ==> begin f[i] := 0; f[(i + 1) % N] := 0; end;
end;
