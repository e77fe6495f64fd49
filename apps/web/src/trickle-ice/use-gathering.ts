import { onScopeDispose, readonly, type Ref, ref, shallowRef } from 'vue';
import { type EndGather, gather } from './gather.ts';
import { openIceConnection, type OpenIceConnection } from './ice-connection.ts';
import { afterEvent, type IceServerChoice, openProbe, type Probe } from './probe.ts';

/** Chromium gives up on a server that does not answer after 40 s, Firefox after 11 s; a TCP connection may never end. */
export const patienceMs = 60_000;

/** So often the page says how long it has taken. */
const tickMs = 500;

/** One gathering after the other: from a press on a button until everything has been told. */
export interface Gathering {
  readonly probes: Readonly<Ref<readonly Probe[]>>;
  readonly isRunning: Readonly<Ref<boolean>>;
  /** Time since the start, or the time that it took. */
  readonly elapsedMs: Readonly<Ref<number>>;
  start(servers: readonly IceServerChoice[], isRelayOnly: boolean): void;
  stop(): void;
}

/** Asks servers for candidates, each by a connection of its own; what they tell goes nowhere. Ends with the component. */
export function useGathering(
  open: OpenIceConnection = openIceConnection,
  clock: () => number = () => performance.now(),
): Gathering {
  const probes = shallowRef<readonly Probe[]>([]);
  const isRunning = ref(false);
  const elapsedMs = ref(0);
  let begun = 0;
  let endings: readonly EndGather[] = [];
  let ticking: ReturnType<typeof setInterval> | undefined;
  let expiring: ReturnType<typeof setTimeout> | undefined;
  const since = (): number => clock() - begun;

  function start(servers: readonly IceServerChoice[], isRelayOnly: boolean): void {
    stop();
    begun = clock();
    elapsedMs.value = 0;
    probes.value = servers.map((server) => openProbe(server, isRelayOnly));
    isRunning.value = true;
    ticking = setInterval(() => (elapsedMs.value = since()), tickMs);
    expiring = setTimeout(() => end('expired'), patienceMs);
    endings = servers.map((server, index) =>
      gather({ open, server, isRelayOnly, since }, (event) => {
        probes.value = probes.value.map((probe, place) => (place === index ? afterEvent(probe, event) : probe));
        if (event.type === 'end') finishIfDone();
      }),
    );
    finishIfDone();
  }

  function finishIfDone(): void {
    if (!isRunning.value || probes.value.some((probe) => probe.end === undefined)) return;
    elapsedMs.value = since();
    isRunning.value = false;
    clearInterval(ticking);
    clearTimeout(expiring);
  }

  function end(type: 'expired' | 'stopped'): void {
    for (const ending of endings) ending(type);
  }

  function stop(): void {
    end('stopped');
  }

  onScopeDispose(stop);
  return { probes, isRunning: readonly(isRunning), elapsedMs: readonly(elapsedMs), start, stop };
}
