// Faults of the environment: each point may fail a bounded number of times; the search tries both
// answers.
import { FaultPoint, Header, Observation } from '../layout';
import { observe } from '../observe';
import { header } from '../scenario';
import { choose, faultRow, st } from '../state';

/** Returns the errno that this pass of the point fails with, or 0. */
export function faultAt(point: FaultPoint): u32 {
  const count = header(Header.FaultCount);
  for (let index: u32 = 0; index < count; index++) {
    const row = faultRow(index);
    if (load<u8>(row) != point) continue;
    const left = st + <usize>header(Header.FaultsAt) + <usize>index;
    if (load<u8>(left) == 0) continue;
    if (choose(2) == 0) continue;
    store<u8>(left, load<u8>(left) - 1);
    observe(Observation.Fault, index, 0, 0);
    return load<u16>(row, 2);
  }
  return 0;
}
