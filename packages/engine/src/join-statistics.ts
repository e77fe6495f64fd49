import type { RoomStatistics } from './contract.ts';

/** Of one room, from those of its branches. Each knows all of the tracks and receivers that are in its worker. */
export function joinStatistics(branches: readonly RoomStatistics[]): RoomStatistics {
  const [only] = branches;
  if (branches.length === 1) return only;
  const consumers = branches.flatMap((branch) => branch.consumers);
  // Thousands of tracks may have thousands of receivers each.
  const consumersOf = Map.groupBy(consumers, ({ producerId }) => producerId);
  const producers = branches.flatMap((branch) => branch.producers);
  const drops: Record<string, number> = {};
  for (const branch of branches)
    for (const [name, count] of Object.entries(branch.drops)) drops[name] = (drops[name] ?? 0) + count;
  return {
    peers: branches.flatMap(({ peers }) => peers),
    producers: producers.map((producer) => {
      const own = consumersOf.get(producer.id) ?? [];
      return { ...producer, consumers: own.length, pausedConsumers: own.filter(({ isPaused }) => isPaused).length };
    }),
    consumers,
    senders: branches.flatMap(({ senders }) => senders),
    drops,
  };
}
