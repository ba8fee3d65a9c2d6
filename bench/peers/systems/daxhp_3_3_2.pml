/* bench/systems/daxhp.ts in Promela: D_B_A devices, blocks of each, actors; unrolled, the form SPIN runs fastest. */
byte drv[3], use[3], lck[3], psn[3], blk[9];
active proctype env() { do
:: d_step { psn[0] = 1 - psn[0] }
:: d_step { drv[0]==0 -> drv[0]=1 }
:: d_step { drv[0]==1 && use[0]==0 -> drv[0]=0 }
:: d_step { drv[0]==1 && use[0]<2 -> use[0]++ }
:: d_step { drv[0]==1 && use[0]>0 -> use[0]-- }
:: d_step { psn[1] = 1 - psn[1] }
:: d_step { drv[1]==0 -> drv[1]=1 }
:: d_step { drv[1]==1 && use[1]==0 -> drv[1]=0 }
:: d_step { drv[1]==1 && use[1]<2 -> use[1]++ }
:: d_step { drv[1]==1 && use[1]>0 -> use[1]-- }
:: d_step { psn[2] = 1 - psn[2] }
:: d_step { drv[2]==0 -> drv[2]=1 }
:: d_step { drv[2]==1 && use[2]==0 -> drv[2]=0 }
:: d_step { drv[2]==1 && use[2]<2 -> use[2]++ }
:: d_step { drv[2]==1 && use[2]>0 -> use[2]-- }
od }
active proctype mon() { d_step { !((lck[0]!=0 || (blk[0]!=2 && blk[0]!=4 && blk[1]!=2 && blk[1]!=4 && blk[2]!=2 && blk[2]!=4)) && (drv[0]>1 || (blk[0]==0 && blk[1]==0 && blk[2]==0)) && (use[0]==0 || drv[0]==1) && (lck[1]!=0 || (blk[3]!=2 && blk[3]!=4 && blk[4]!=2 && blk[4]!=4 && blk[5]!=2 && blk[5]!=4)) && (drv[1]>1 || (blk[3]==0 && blk[4]==0 && blk[5]==0)) && (use[1]==0 || drv[1]==1) && (lck[2]!=0 || (blk[6]!=2 && blk[6]!=4 && blk[7]!=2 && blk[7]!=4 && blk[8]!=2 && blk[8]!=4)) && (drv[2]>1 || (blk[6]==0 && blk[7]==0 && blk[8]==0)) && (use[2]==0 || drv[2]==1)) -> assert(false) } }

active [2] proctype actor() { byte td, tb;
idle: if
:: d_step { drv[0]==0 -> drv[0]=2; td=0 }; goto l1
:: d_step { drv[0]==3 && blk[0]==1 && blk[1]==1 && blk[2]==1 -> drv[0]=4; td=0 }; goto l4
:: d_step { drv[0]==3 && blk[0]==1 -> td=0; tb=0 }; goto l2
:: d_step { drv[0]==3 && blk[0]==3 -> td=0; tb=0 }; goto l3
:: d_step { drv[0]==3 && blk[1]==1 -> td=0; tb=1 }; goto l2
:: d_step { drv[0]==3 && blk[1]==3 -> td=0; tb=1 }; goto l3
:: d_step { drv[0]==3 && blk[2]==1 -> td=0; tb=2 }; goto l2
:: d_step { drv[0]==3 && blk[2]==3 -> td=0; tb=2 }; goto l3
:: d_step { drv[1]==0 -> drv[1]=2; td=1 }; goto l1
:: d_step { drv[1]==3 && blk[3]==1 && blk[4]==1 && blk[5]==1 -> drv[1]=4; td=1 }; goto l4
:: d_step { drv[1]==3 && blk[3]==1 -> td=1; tb=0 }; goto l2
:: d_step { drv[1]==3 && blk[3]==3 -> td=1; tb=0 }; goto l3
:: d_step { drv[1]==3 && blk[4]==1 -> td=1; tb=1 }; goto l2
:: d_step { drv[1]==3 && blk[4]==3 -> td=1; tb=1 }; goto l3
:: d_step { drv[1]==3 && blk[5]==1 -> td=1; tb=2 }; goto l2
:: d_step { drv[1]==3 && blk[5]==3 -> td=1; tb=2 }; goto l3
:: d_step { drv[2]==0 -> drv[2]=2; td=2 }; goto l1
:: d_step { drv[2]==3 && blk[6]==1 && blk[7]==1 && blk[8]==1 -> drv[2]=4; td=2 }; goto l4
:: d_step { drv[2]==3 && blk[6]==1 -> td=2; tb=0 }; goto l2
:: d_step { drv[2]==3 && blk[6]==3 -> td=2; tb=0 }; goto l3
:: d_step { drv[2]==3 && blk[7]==1 -> td=2; tb=1 }; goto l2
:: d_step { drv[2]==3 && blk[7]==3 -> td=2; tb=1 }; goto l3
:: d_step { drv[2]==3 && blk[8]==1 -> td=2; tb=2 }; goto l2
:: d_step { drv[2]==3 && blk[8]==3 -> td=2; tb=2 }; goto l3
fi;
l1: if :: d_step { lck[td]==0 -> lck[td]=_pid-1 }; goto l5 fi;
l2: if :: d_step { lck[td]==0 -> lck[td]=_pid-1 }; goto l6 fi;
l3: if :: d_step { lck[td]==0 -> lck[td]=_pid-1 }; goto l8 fi;
l4: if :: d_step { lck[td]==0 -> lck[td]=_pid-1 }; goto l10 fi;
l5: if :: d_step { tb<3 -> blk[td*3+tb]=1; tb++ }; goto l5 :: d_step { tb==3 -> drv[td]=3; lck[td]=0; td=0; tb=0 }; goto idle fi;
l6: if :: d_step { blk[td*3+tb]==1 && psn[td]==0 -> blk[td*3+tb]=2 }; goto l7 :: d_step { !(blk[td*3+tb]==1 && psn[td]==0) -> lck[td]=0; td=0; tb=0 }; goto idle fi;
l7: if :: d_step { blk[td*3+tb]=3; lck[td]=0; td=0; tb=0 }; goto idle fi;
l8: if :: d_step { blk[td*3+tb]==3 -> blk[td*3+tb]=4 }; goto l9 :: d_step { blk[td*3+tb]!=3 -> lck[td]=0; td=0; tb=0 }; goto idle fi;
l9: if :: d_step { blk[td*3+tb]=1; lck[td]=0; td=0; tb=0 }; goto idle :: d_step { blk[td*3+tb]=3; lck[td]=0; td=0; tb=0 }; goto idle fi;
l10: if :: d_step { blk[td*3+0]==1 && blk[td*3+1]==1 && blk[td*3+2]==1 -> skip }; goto l11 :: d_step { !(blk[td*3+0]==1 && blk[td*3+1]==1 && blk[td*3+2]==1) -> drv[td]=3; lck[td]=0; td=0; tb=0 }; goto idle fi;
l11: if :: d_step { tb<3 -> blk[td*3+tb]=0; tb++ }; goto l11 :: d_step { tb==3 -> drv[td]=0; lck[td]=0; td=0; tb=0 }; goto idle fi
}
