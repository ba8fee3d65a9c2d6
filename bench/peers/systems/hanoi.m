-- bench/systems/hanoi.ts in Murphi: N discs, each on one of three pegs, the smallest first.
const N: 12;
type disc: 0..N-1; place: 0..2;
var peg: array[disc] of place;
startstate begin for i: disc do peg[i] := 0; end; end;
ruleset i: disc; p: place do
  rule peg[i] != p & forall j: disc do j >= i | (peg[j] != peg[i] & peg[j] != p) end
  ==> begin peg[i] := p; end;
end;
