-- bench/systems/daxhp.ts in Murphi: D_B_A devices, blocks of each, actors.
const D: 2; B: 1; A: 1; NB: 2;
type dev: 0..D; blk: 0..B; act: 0..A;
var drv: array[dev] of 0..4; use: array[dev] of 0..2; lck: array[dev] of 0..A+1; psn: array[dev] of 0..1;
  bs: array[dev] of array[blk] of 0..4; pc: array[act] of 0..11; td: array[act] of dev; tb: array[act] of 0..NB;
procedure Reset(a: act); begin lck[td[a]] := 0; pc[a] := 0; td[a] := 0; tb[a] := 0; end;
startstate begin for d: dev do drv[d]:=0; use[d]:=0; lck[d]:=0; psn[d]:=0; for b: blk do bs[d][b]:=0; end; end;
  for a: act do pc[a]:=0; td[a]:=0; tb[a]:=0; end; end;
ruleset d: dev do
 rule true ==> begin psn[d] := 1 - psn[d]; end;
 rule drv[d]=0 ==> begin drv[d] := 1; end;
 rule drv[d]=1 & use[d]=0 ==> begin drv[d] := 0; end;
 rule drv[d]=1 & use[d]<2 ==> begin use[d] := use[d]+1; end;
 rule drv[d]=1 & use[d]>0 ==> begin use[d] := use[d]-1; end;
end;
ruleset a: act; d: dev do
 rule pc[a]=0 & drv[d]=0 ==> begin drv[d]:=2; pc[a]:=1; td[a]:=d; end;
 rule pc[a]=0 & drv[d]=3 & forall b: blk do bs[d][b]=1 end ==> begin drv[d]:=4; pc[a]:=4; td[a]:=d; end;
end;
ruleset a: act; d: dev; b: blk do
 rule pc[a]=0 & drv[d]=3 & bs[d][b]=1 ==> begin pc[a]:=2; td[a]:=d; tb[a]:=b; end;
 rule pc[a]=0 & drv[d]=3 & bs[d][b]=3 ==> begin pc[a]:=3; td[a]:=d; tb[a]:=b; end;
end;
ruleset a: act do
 rule pc[a]>0 & pc[a]<=4 & lck[td[a]]=0 ==> begin lck[td[a]]:=a+1; if pc[a]=1 then pc[a]:=5; elsif pc[a]=2 then pc[a]:=6; elsif pc[a]=3 then pc[a]:=8; else pc[a]:=10; end; end;
 rule pc[a]=5 & tb[a]<NB ==> begin bs[td[a]][tb[a]]:=1; tb[a]:=tb[a]+1; end;
 rule pc[a]=5 & tb[a]=NB ==> begin drv[td[a]]:=3; Reset(a); end;
 rule pc[a]=6 ==> begin if bs[td[a]][tb[a]]=1 & psn[td[a]]=0 then bs[td[a]][tb[a]]:=2; pc[a]:=7; else Reset(a); end; end;
 rule pc[a]=7 ==> begin bs[td[a]][tb[a]]:=3; Reset(a); end;
 rule pc[a]=8 ==> begin if bs[td[a]][tb[a]]=3 then bs[td[a]][tb[a]]:=4; pc[a]:=9; else Reset(a); end; end;
 rule pc[a]=9 ==> begin bs[td[a]][tb[a]]:=1; Reset(a); end;
 rule pc[a]=9 ==> begin bs[td[a]][tb[a]]:=3; Reset(a); end;
 rule pc[a]=10 ==> begin if forall b: blk do bs[td[a]][b]=1 end then pc[a]:=11; else drv[td[a]]:=3; Reset(a); end; end;
 rule pc[a]=11 & tb[a]<NB ==> begin bs[td[a]][tb[a]]:=0; tb[a]:=tb[a]+1; end;
 rule pc[a]=11 & tb[a]=NB ==> begin drv[td[a]]:=0; Reset(a); end;
end;
invariant "I" forall d: dev do (lck[d]=0 -> forall b: blk do bs[d][b]!=2 & bs[d][b]!=4 end) & (drv[d]<=1 -> forall b: blk do bs[d][b]=0 end) & (use[d]>0 -> drv[d]=1) end;
