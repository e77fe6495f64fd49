import { datapathCounters } from '@rivero/datapath';
import { describe, expect, it } from 'vitest';
import { DropLog } from './drop-log.ts';

describe('the log of drops', () => {
  it('names the counters that grew, by how much, each time anew', () => {
    const log = new DropLog();
    expect(log.takeLine({ 'datapath/receive-pool-empty': 3, 'ice/bad-integrity': 0 })).toBe(
      'datapath/receive-pool-empty 3',
    );
    expect(log.takeLine({ 'datapath/receive-pool-empty': 3, 'ice/bad-integrity': 0 })).toBeUndefined();
    expect(log.takeLine({ 'datapath/receive-pool-empty': 5, 'ice/bad-integrity': 1 })).toBe(
      'datapath/receive-pool-empty 2, ice/bad-integrity 1',
    );
  });

  it('is silent about what went through', () => {
    const ordinary = datapathCounters.filter((name) => !/^(receive|send)-/.test(name));
    expect(new DropLog().takeLine(Object.fromEntries(ordinary.map((name) => [`datapath/${name}`, 1])))).toBeUndefined();
    for (const name of datapathCounters.filter((other) => !ordinary.includes(other)))
      expect(new DropLog().takeLine({ [`datapath/${name}`]: 1 })).toBe(`datapath/${name} 1`);
  });
});
