import { randomFillSync } from 'node:crypto';
import { getHeapStatistics } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { assert, CodedError, earliest, pooledRandom, type WallClockMs, wallClockMs } from '@rivero/core';
import { openDatapath, PortPairs } from '@rivero/datapath';
import { generateCertificate } from '@rivero/protocol/dtls';
import { Driver, monotonicNow } from '@rivero/transport';
import type { WorkerStatistics } from '../contract.ts';
import { Certificates } from './certificates.ts';
import { isEndpointMethod } from './endpoint/answer-endpoint-call.ts';
import { rtpAddress } from './endpoint/rtp-address.ts';
import { endpointCandidates, mediaCandidates } from './media-candidates.ts';
import { MediaPlane } from './media-plane.ts';
import type { MediaPlaneEvent } from './media-plane-event.ts';
import { NatServers } from './nat-servers.ts';
import { openSockets } from './open-sockets.ts';
import { RoomRequests } from './room-requests.ts';
import type {
  EndpointMethod,
  WorkerCalls,
  WorkerMessage,
  WorkerMethod,
  WorkerRefusal,
  WorkerRequest,
  WorkerSettings,
} from './worker-protocol.ts';

/** UDP ports of endpoints without ICE. */
const rtpPortsStandard = { first: 20_000, last: 20_999 };

/** The thread of one media worker: its sockets, its clock, and the main thread's requests. */
assert(parentPort !== null, 'worker-main runs in a worker thread');
const port = parentPort;
const settings: WorkerSettings = workerData;

function post(message: WorkerMessage): void {
  port.postMessage(message);
}

function postEvent(event: MediaPlaneEvent): void {
  if (event.type !== 'bug') return post(event);
  const { roomId, peerId, error } = event;
  const ended = peerId === undefined ? `room ${roomId}` : `the session of ${peerId} in room ${roomId}`;
  post({ type: 'log', level: 'error', text: `A bug ended ${ended}: ${error.stack ?? error.message}` });
}

function refusalOf(error: unknown): WorkerRefusal {
  if (error instanceof CodedError) return { code: error.code, message: error.message, context: error.context };
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  post({ type: 'log', level: 'error', text: `A request failed: ${text}` });
  return { code: 'internal', message: 'The media server failed at this; its log has more.', context: {} };
}

/** Who looks for a leak reads here that nothing of a room is left. */
function logHeld(roomId: string, { sizes }: WorkerStatistics): void {
  const { rooms, sessions, streams, freeSlots } = sizes;
  const held = `${rooms} rooms, ${sessions} sessions, ${streams} streams; ${freeSlots} slots are free`;
  post({ type: 'log', level: 'debug', text: `Room ${roomId} is closed. Held: ${held}.` });
}

function isEndpointCall(call: WorkerRequest): call is WorkerRequest & { readonly method: EndpointMethod } {
  return isEndpointMethod(call.method);
}

/** Of everything in this worker. */
type Statistics = () => WorkerStatistics;

function answerTo(plane: MediaPlane, statistics: Statistics, call: WorkerRequest): WorkerCalls[WorkerMethod]['answer'] {
  const now = monotonicNow();
  if (isEndpointCall(call)) return plane.callEndpoint(call, now);
  switch (call.method) {
    case 'openRoom':
      plane.openRoom(call.request.roomId, call.request.role);
      return null;
    case 'openLink':
      plane.links.open(call.request);
      return null;
    case 'closeLink':
      plane.links.close(call.request.number);
      return null;
    case 'addBranch':
      plane.addBranch(call.request.roomId, call.request.worker, now);
      return null;
    case 'removeBranch':
      plane.removeBranch(call.request.roomId, call.request.worker, now);
      return null;
    case 'closeRoom':
      plane.closeRoom(call.request.roomId, now);
      // What came just now waits for its turn in the pool.
      setImmediate(() => logHeld(call.request.roomId, statistics()));
      return null;
    case 'openPeer':
      plane.openPeer(call.request.roomId, call.request.peerId);
      return null;
    case 'closePeer':
      plane.closePeer(call.request.roomId, call.request.peerId, now);
      return null;
    case 'negotiate':
      return plane.negotiate(call.request.roomId, call.request.peerId, call.request, now);
    case 'subscribe':
      return plane.subscribe(call.request.roomId, call.request.peerId, call.request, now);
    case 'statistics':
      return plane.statistics(call.request.roomId, now);
    case 'workerStatistics':
      return statistics();
    case 'ping':
      return null;
    case 'stop':
      plane.close(now);
      return null;
  }
}

/** An endpoint whose certificate takes long to make waits for it, and media goes on. */
function certificateFor(certificates: Certificates, call: WorkerRequest): Promise<void> | undefined {
  if (call.method !== 'openEndpoint' || call.request.options.type !== 'webrtc') return undefined;
  return certificates.prepare(call.request.options.certificate);
}

async function start(): Promise<void> {
  const random = pooledRandom(randomFillSync);
  const { datapath, type, reason } = openDatapath(settings.datapath ?? 'auto');
  const now = (): WallClockMs => wallClockMs(Date.now());
  const certificate = generateCertificate({ type: 'ecdsa', random, now: now() });
  const certificates = new Certificates({ pems: settings.dtlsPems ?? {}, random, now });
  let plane: MediaPlane | undefined;
  const sockets = await openSockets(datapath, settings, {
    onPathClosed: (path) => plane?.handlePathClosed(path, monotonicNow()),
    isValidated: (path) => plane?.isValidated(path) ?? false,
  });
  const candidates = mediaCandidates(sockets, settings);
  const portPairs = new PortPairs(datapath, settings.rtpPorts ?? rtpPortsStandard, Math.random());
  const servers = new NatServers({
    datapath,
    random,
    isValidated: (path) => plane?.isValidated(path) ?? false,
    onPathClosed: (path) => plane?.handlePathClosed(path, monotonicNow()),
    deliver: () => datapath.deliver(),
    onSettled: () => settle(),
    log: (level, text) => post({ type: 'log', level, text }),
  });
  const media = new MediaPlane({
    datapath,
    certificate,
    random,
    candidates,
    servers,
    rtp: {
      openPorts: (ip) => portPairs.open(ip),
      address: (ip, endpoint) => rtpAddress(ip, { ...settings, addresses: sockets.addresses }, endpoint),
    },
    endpointCertificate: (type) => certificates.of(type),
    endpointCandidates: (endpoint) => endpointCandidates(sockets, settings, endpoint),
    onLinked: () => handleLinks(),
  });
  plane = media;
  const postEvents = (): void => {
    for (let event = media.pollEvent(); event !== undefined; event = media.pollEvent()) postEvent(event);
  };
  const driver = new Driver({
    handleTimeout: (now) => {
      media.handleTimeout(now);
      servers.handleTimeout(now);
      postEvents();
    },
    deadline: () => earliest(media.deadline(), servers.deadline()),
  });
  const settle = (): void => {
    postEvents();
    driver.arm();
  };
  let isMoreAwaited = false;
  const handleLinks = (): void => {
    const hasMore = media.handleLinks(monotonicNow());
    settle();
    if (!hasMore || isMoreAwaited) return;
    // What is left has its turn after timers and sockets.
    isMoreAwaited = true;
    setImmediate(() => {
      isMoreAwaited = false;
      handleLinks();
    });
  };
  datapath.onBatch((batch) => {
    media.handleBatch(batch, monotonicNow());
    settle();
  });
  const statistics: Statistics = () => {
    const { rooms, sessions } = media.sizes();
    const { paths, streams } = datapath.sizes();
    const tcp = Object.entries(sockets.tcpCounters()).map(([name, count]) => [`tcp/${name}`, count]);
    return {
      counters: { ...media.counters(), ...servers.counters(), ...Object.fromEntries(tcp) },
      sizes: {
        rooms,
        sessions,
        paths,
        streams,
        freeSlots: datapath.pool.freeCount,
        heapBytes: getHeapStatistics().used_heap_size,
      },
    };
  };
  const guard = (id: number, action: () => void): void => {
    try {
      action();
    } catch (error) {
      post({ type: 'error', id, error: refusalOf(error) });
    }
    settle();
  };
  // Whoever asks may have been answered by another worker before, and this one was told by it of what changed there.
  const answer = (call: WorkerRequest): void =>
    guard(call.id, () => {
      handleLinks();
      post({ type: 'answer', id: call.id, answer: answerTo(media, statistics, call) });
    });
  const take = (call: WorkerRequest): void => {
    if (call.method !== 'gatherCandidates') return answer(call);
    // A server may answer in the midst of a batch; the request goes on after it.
    const onReady = (): void => queueMicrotask(() => answer(call));
    guard(call.id, () => media.prepareCandidates(call.request, onReady, monotonicNow()));
  };
  const requests = new RoomRequests({ prepare: (call) => certificateFor(certificates, call), take });
  port.on('message', (call: WorkerRequest) => requests.handle(call));
  post({ type: 'ready', started: { port: sockets.port, datapath: type, twinReason: reason } });
}

try {
  await start();
} catch (error) {
  post({ type: 'refused', error: refusalOf(error) });
  port.close();
}
