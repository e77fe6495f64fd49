import { packetSlotSize, sendFlag } from '@rivero/core';
import { SrtpSender } from '@rivero/protocol/srtp';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openDatapath, type SessionKeys } from '../src/index.ts';
import { type Mutation, type PeerPacket, type Resend, type SendRow, type Step, steps } from './differential-steps.ts';
import { openArrayWorld, openSocketWorld, type OpenWorld, type World } from './differential-world.ts';
import { keyPair, type PortName } from './implementations.ts';

/** The other side of a session. */
interface Other {
  readonly peer: number;
  /** `none`: it has ports of its own, and sends in the clear. */
  readonly profile: SessionKeys['profile'] | 'none';
  readonly hasPorts: boolean;
  sender: SrtpSender | undefined;
}

/** A packet as it was on the wire. */
interface WirePacket {
  readonly peer: number;
  readonly port?: PortName | undefined;
  readonly bytes: Uint8Array;
}

/** What both datapaths live among. */
interface Others {
  readonly sessions: Other[];
  readonly packets: WirePacket[];
  /** Rows of batches, the last one last. */
  readonly rows: SendRow[];
  readonly hasPorts: boolean;
}

function openSender({ profile, localKey, localSalt }: SessionKeys): SrtpSender {
  return new SrtpSender({ profile, masterKey: localKey, masterSalt: localSalt });
}

/** The sealed packet; one that cannot be sealed comes as it is. */
function seal({ sender }: Other, { isRtcp, ssrc, sequence, rolloverCounter, ...rest }: PeerPacket): Uint8Array {
  const { csrcs, extension, payload } = rest;
  const out = new Uint8Array(4_096);
  const view = new DataView(out.buffer);
  if (isRtcp) {
    out.set([0x80, 201, 0, 1]);
    view.setUint32(4, ssrc);
    out.set(payload, 8);
    const length = sender?.protectRtcp(out, 8 + payload.length);
    return out.subarray(0, typeof length === 'number' ? length : 8 + payload.length);
  }
  out.set([0x80 | (extension === undefined ? 0 : 0x10) | csrcs, 96, sequence >> 8, sequence & 0xff]);
  view.setUint32(8, ssrc);
  let offset = 12 + csrcs * 4;
  if (extension !== undefined) {
    const words = Math.ceil(extension.length / 4);
    out.set([0xbe, 0xde, 0, words], offset);
    out.set(extension, offset + 4);
    offset += 4 + words * 4;
  }
  out.set(payload, offset);
  const length = sender?.protectRtp(out, offset, offset + payload.length, rolloverCounter);
  return out.subarray(0, typeof length === 'number' ? length : offset + payload.length);
}

function mutate(bytes: Uint8Array, mutation: Mutation): Uint8Array {
  switch (mutation.type) {
    case 'none':
      return bytes;
    case 'flip':
      return bytes.map((byte, at) => (at === mutation.at % bytes.length ? byte ^ mutation.bits : byte));
    case 'cut':
      return bytes.subarray(0, mutation.length);
    case 'append':
      return Uint8Array.of(...bytes, ...mutation.bytes);
  }
}

function openSession({ datapath, peers, paths, sessions }: World, step: Step & { type: 'open-session' }): void {
  const keys = keyPair(step.profile, step.seed).ours;
  const path = (paths[step.peer] = datapath.paths.openDatagram(peers[step.peer]));
  const lifetime = step.lifetime === undefined ? {} : { remoteLifetime: step.lifetime };
  const session = datapath.openSession({ ...keys, ...lifetime }, path);
  if (session === undefined || path === undefined) throw new Error('no session');
  datapath.bindPath(path, session);
  sessions.push(session);
}

function openPorts({ datapath, ports, peers, sessions }: World, step: Step & { type: 'open-ports' }): void {
  if (ports === undefined) return;
  const { profile, seed, isNamed, rtcpMux } = step;
  const named = isNamed ? peers[step.peer] : undefined;
  const session = datapath.openPortSession({
    ports,
    protection: profile === 'none' ? { type: 'none' } : { type: 'srtp', keys: keyPair(profile, seed).ours },
    remote: { rtp: named, rtcp: named, rtcpMux },
  });
  if (session === undefined) throw new Error('no session');
  sessions.push(session);
}

function send({ datapath, streams, batch }: World, rows: readonly SendRow[]): void {
  const slot = datapath.pool.take();
  const payload = Uint8Array.from({ length: packetSlotSize }, (_, at) => at * 7);
  datapath.pool.bytes.set(payload, slot * packetSlotSize);
  for (const [row, of] of rows.entries()) {
    batch.stream[row] = streams[of.stream] ?? 0xfffff;
    batch.payloadOffset[row] = slot * packetSlotSize + of.payloadStart;
    batch.payloadLength[row] = of.payloadLength;
    batch.rolloverCounter[row] = of.rolloverCounter;
    batch.sequence[row] = of.sequence;
    batch.timestamp[row] = of.sequence * 90_001;
    batch.payloadType[row] = of.originalSequence & 0xff;
    batch.flags[row] = of.flags;
    batch.originalSequence[row] = of.originalSequence;
    batch.extensionOffset[row] = batch.extensionUsed;
    batch.extensionLength[row] = of.elements.length;
    batch.extensionBytes.set(of.elements, batch.extensionUsed);
    batch.extensionUsed += of.elements.length;
  }
  batch.count = rows.length;
  datapath.send(batch);
  datapath.pool.release(slot);
}

/** The rows to send once more; those that there are. */
function rowsAgain(resends: readonly Resend[], { rows }: Others): readonly SendRow[] {
  return resends.flatMap(({ back, change }) => {
    const row = rows.at(-1 - back);
    if (row === undefined) return [];
    const changed = { ...row, ...change };
    return [{ ...changed, flags: changed.flags | sendFlag.resend }];
  });
}

/** What a step makes come by the wire: the same for both. */
function packetOf(step: Step, { sessions, packets, hasPorts }: Others): WirePacket | undefined {
  if (step.type === 'receive-bytes') return step;
  if (step.type === 'replay') {
    const packet = packets[step.packet];
    return packet && { ...packet, bytes: mutate(packet.bytes, step.mutation) };
  }
  const other = step.type === 'receive' ? sessions[step.session] : undefined;
  if (step.type !== 'receive' || other === undefined) return undefined;
  const bytes = seal(other, step.packet);
  const peer = step.peer ?? other.peer;
  const port = hasPorts ? step.port : undefined;
  packets.push({ peer, port, bytes });
  return { peer, port, bytes: mutate(bytes, step.mutation) };
}

/** What a step does to those whom the datapaths talk to. */
function changeOthers(step: Step, { sessions, rows, hasPorts }: Others): void {
  if (step.type === 'send') rows.push(...step.rows);
  if (step.type === 'open-ports' && hasPorts) {
    const { peer, profile, seed } = step;
    const sender = profile === 'none' ? undefined : openSender(keyPair(profile, seed).theirs);
    sessions.push({ peer, profile, hasPorts: true, sender });
  }
  if (step.type === 'open-session') {
    const { peer, profile, seed } = step;
    sessions.push({ peer, profile, hasPorts: false, sender: openSender(keyPair(profile, seed).theirs) });
  }
  const other = step.type === 'set-remote-key' ? sessions[step.session] : undefined;
  if (step.type === 'set-remote-key' && other !== undefined && other.profile !== 'none')
    other.sender = openSender(keyPair(other.profile, step.seed).theirs);
}

async function take(step: Step, world: World, others: Others): Promise<void> {
  const { datapath, sessions, streams, paths } = world;
  const session = 'session' in step ? sessions[step.session] : undefined;
  const path = 'peer' in step && step.peer !== undefined ? paths[step.peer] : undefined;
  const hasPorts = 'session' in step && (others.sessions[step.session]?.hasPorts ?? false);
  switch (step.type) {
    case 'open-ports':
      return openPorts(world, step);
    case 'open-session':
      return openSession(world, step);
    case 'close-session':
      return session === undefined ? undefined : datapath.closeSession(session);
    case 'set-remote-key': {
      const profile = others.sessions[step.session]?.profile;
      if (session === undefined || profile === undefined || profile === 'none') return undefined;
      const { remoteKey: key, remoteSalt: salt } = keyPair(profile, step.seed).ours;
      return datapath.setRemoteKey(session, { profile, key, salt });
    }
    case 'set-session-path':
      return session === undefined || hasPorts ? undefined : datapath.setSessionPath(session, path);
    case 'bind':
      return session === undefined || path === undefined || hasPorts ? undefined : datapath.bindPath(path, session);
    case 'unbind':
      return session === undefined || path === undefined ? undefined : datapath.unbindPath(path, session);
    case 'close-path':
      return path === undefined ? undefined : datapath.paths.close(path);
    case 'open-stream': {
      const { ssrc, elements, resendMax } = step;
      const options = { ssrc: ssrcOf(step.session, ssrc), extensionElements: elements, resendMax };
      const stream = session === undefined ? undefined : datapath.openStream({ session, ...options });
      if (stream !== undefined) streams.push(stream);
      return undefined;
    }
    case 'close-stream':
      return streams[step.stream] === undefined ? undefined : datapath.closeStream(streams[step.stream]);
    case 'send':
      return send(world, step.rows);
    case 'resend':
      return send(world, rowsAgain(step.rows, others));
    case 'send-rtcp':
      return session === undefined ? undefined : datapath.sendRtcp(session, step.compound);
    case 'send-datagram':
      return path === undefined ? undefined : datapath.sendDatagram(path, step.bytes);
    case 'receive':
    case 'replay':
    case 'receive-bytes':
    case 'receive-burst':
      return undefined;
  }
}

/** SSRCs of each session are its own, so that its packets are known by them. */
function ssrcOf(session: number, ssrc: number): number {
  return (0xfa_cd_00_00 | (session << 8) | ssrc) >>> 0;
}

/** In order for each session: of two that send to one address, neither comes first. */
function bySession(packets: readonly Buffer[]): Buffer[][] {
  const sessions: Buffer[][] = [];
  for (const packet of packets) (sessions[packet.length < 12 ? 0 : packet[10]] ??= []).push(packet);
  return sessions;
}

/** All that can be seen of a datapath. */
async function look(world: World) {
  const { datapath, rows, sessions, streams, paths, peers } = world;
  datapath.deliver();
  return {
    rows: rows.splice(0).map(({ bytes, ...rest }) => ({ ...rest, bytes: Buffer.from(bytes) })),
    sent: (await world.takeSent()).map(bySession),
    counters: datapath.counters(),
    sizes: datapath.sizes(),
    free: datapath.pool.freeCount,
    keyLimit: datapath.pollKeyLimit(),
    traffic: sessions.map((session) => datapath.sessionTraffic(session)),
    remotes: paths.map((path) => {
      const remote = path === undefined ? undefined : datapath.paths.remote(path);
      return peers.findIndex(({ ip, port }) => ip === remote?.ip && port === remote?.port);
    }),
    handles: { sessions: [...sessions], streams: [...streams], paths: [...paths] },
  };
}

async function runBoth(all: readonly Step[], open: OpenWorld): Promise<void> {
  const worlds = [await open('twin'), await open('native')];
  const others: Others = { sessions: [], packets: [], rows: [], hasPorts: worlds[0].ports !== undefined };
  try {
    for (const step of all) {
      changeOthers(step, others);
      const packet = packetOf(step, others);
      const seen: unknown[] = [];
      for (const world of worlds) {
        await take(step, world, others);
        if (packet !== undefined) await world.receive(packet.peer, [packet.bytes.slice()], packet.port);
        if (step.type === 'receive-burst') await world.receive(step.peer, step.packets);
        seen.push(await look(world));
      }
      expect(seen[1]).toEqual(seen[0]);
    }
  } finally {
    for (const world of worlds) await world.close();
  }
}

describe.runIf(openDatapath('auto').type === 'native')('both datapaths do the same', () => {
  it.each<[name: string, open: OpenWorld]>([
    ['arrays', openArrayWorld],
    ['sockets', openSocketWorld],
  ])(
    'with %s in all that peers and sessions do',
    async (_name, open) => {
      const life = fc.asyncProperty(steps, (all) => runBoth(all, open));
      await fc.assert(life, { numRuns: 60 });
    },
    30_000,
  );
});
