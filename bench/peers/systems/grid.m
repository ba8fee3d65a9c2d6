-- bench/systems/grid.ts in Murphi: N digits below B, each moved up or down by one.
const N: 6; B: 10;
type place: 0..N-1; digit: 0..B-1;
var d: array[place] of digit;
startstate begin for i: place do d[i] := 0; end; end;
ruleset i: place do
  rule d[i] < B-1 ==> begin d[i] := d[i] + 1; end;
  rule d[i] > 0 ==> begin d[i] := d[i] - 1; end;
end;
