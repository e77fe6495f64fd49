import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { milliseconds, wallClockMs } from '@rivero/core';
import { type RunningEngine, startEngine } from '@rivero/engine';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Json, ObjectEvent } from '../model.ts';
import { isRecord } from '../objects/arguments.ts';
import { KurentoObjects } from '../objects/object-model.ts';
import { Elements } from './elements.ts';

let engine: RunningEngine;
let elements: Elements;
let model: KurentoObjects;
const events: ObjectEvent[] = [];
const bugs: unknown[] = [];

async function create(type: string, constructorParams: Json, ...heard: readonly string[]): Promise<string> {
  model.openSession('s');
  const id = await model.create('s', { type, constructorParams, properties: {} });
  for (const event of heard) model.subscribe('s', id, event);
  return id;
}

async function invoke(id: string, operation: string, params: Json = {}): Promise<Json> {
  return model.invoke('s', id, operation, params);
}

/** The values of a property in all events of that type at an object. */
function told(id: string, type: string, property: string): readonly (Json | undefined)[] {
  return events
    .filter((event) => event.objectId === id && event.type === type)
    .map(({ data }) => (isRecord(data) ? data[property] : undefined));
}

async function giveCandidates(from: string, to: string): Promise<void> {
  await invoke(from, 'gatherCandidates');
  for (const candidate of told(from, 'IceCandidateFound', 'candidate'))
    await invoke(to, 'addIceCandidate', { candidate });
}

async function openSocket(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

function videoOffer(socket: Socket, direction: string): string {
  const session = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n';
  const { port } = socket.address();
  return `${session}m=video ${port} RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\na=${direction}\r\n`;
}

/** A packet of a VP8 keyframe (RFC 7741): payload descriptor, frame tag, start code, 16 by 16 pixels. */
function keyframePacket(sequenceNumber: number): Buffer {
  const header = Buffer.from([0x80, 0xe0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]);
  header.writeUInt16BE(sequenceNumber, 2);
  header.writeUInt32BE(sequenceNumber * 3000, 4);
  return Buffer.concat([header, Buffer.from([0x10, 0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 16, 0, 16, 0])]);
}

describe.each([1, 3])('elements over an engine with %i media workers', (workers) => {
  beforeAll(async () => {
    const log = { debug: () => {}, info: () => {}, warn: () => {}, error: (text: string) => bugs.push(text) };
    const options = { workers, mediaPort: 0, udp: true, tcp: false, log };
    // Each endpoint in the next worker, as those of a big broadcast are.
    engine = await startEngine({ ...options, placement: { roomSessionsMax: 1, loadOf: () => 0 } });
    const now = (): ReturnType<typeof wallClockMs> => wallClockMs(Date.now());
    const tellBug = (error: unknown): void => void bugs.push(error);
    elements = new Elements({ engine, hasLatencyStats: () => false, now, tellBug });
    model = new KurentoObjects({
      engine,
      factories: elements.factories,
      graphText: elements.graphText,
      machine: { cores: () => 1, usedTime: () => milliseconds(0), memoryBytes: () => 0, wait: async () => {} },
      now,
      uuid: () => crypto.randomUUID(),
      tellBug,
    });
    model.onEvent((event) => {
      events.push(event);
    });
  });

  afterEach(async () => {
    await model.closeSession('s');
    expect(elements.sizes).toEqual({ pipelines: 0, hubs: 0 });
    expect(bugs).toEqual([]);
    events.length = 0;
  });

  afterAll(async () => {
    await model.close();
    elements.close();
    await engine.stop();
  });

  it('carry packets from one endpoint through the graph to another, and tell so', async () => {
    const mediaPipeline = await create('MediaPipeline', {});
    const from = await create('RtpEndpoint', { mediaPipeline }, 'MediaFlowOutStateChanged', 'MediaStateChanged');
    const through = await create('PassThrough', { mediaPipeline }, 'MediaFlowInStateChanged');
    const to = await create('RtpEndpoint', { mediaPipeline }, 'MediaFlowInStateChanged');
    const [source, sink] = [await openSocket(), await openSocket()];
    const received = once(sink, 'message');
    const answer = await invoke(from, 'processOffer', { offer: videoOffer(source, 'sendonly') });
    await invoke(to, 'processOffer', { offer: videoOffer(sink, 'recvonly') });
    await invoke(from, 'connect', { sink: through });
    await invoke(through, 'connect', { sink: to });
    const port = Number(/m=video (\d+)/.exec(typeof answer === 'string' ? answer : '')?.[1]);
    let sequenceNumber = 0;
    const sending = setInterval(() => {
      source.send(keyframePacket(sequenceNumber++), port, '127.0.0.1');
    }, 20);
    const [packet]: unknown[] = await received;
    expect(packet).toBeInstanceOf(Buffer);
    await expect.poll(() => told(to, 'MediaFlowInStateChanged', 'state')).toEqual(['FLOWING']);
    expect(told(through, 'MediaFlowInStateChanged', 'mediaType')).toEqual(['VIDEO']);
    expect(told(from, 'MediaFlowOutStateChanged', 'state')).toEqual(['FLOWING']);
    expect(told(from, 'MediaStateChanged', 'newState')).toEqual(['CONNECTED']);
    expect(JSON.stringify(await invoke(from, 'getStats', { mediaType: 'VIDEO' }))).toContain('"codec":"video/VP8"');
    await invoke(through, 'disconnect', { sink: to });
    expect(told(to, 'MediaFlowInStateChanged', 'state')).toEqual(['FLOWING', 'NOT_FLOWING']);
    clearInterval(sending);
    source.close();
    sink.close();
  });

  it('connect two WebRtcEndpoints that negotiate with each other', async () => {
    const mediaPipeline = await create('MediaPipeline', {});
    const heard = ['IceCandidateFound', 'IceComponentStateChanged', 'DtlsConnectionStateChange'];
    const offerer = await create('WebRtcEndpoint', { mediaPipeline }, ...heard);
    const answerer = await create('WebRtcEndpoint', { mediaPipeline, certificateKeyType: 'ECDSA' }, ...heard);
    const offer = await invoke(offerer, 'generateOffer');
    const answer = await invoke(answerer, 'processOffer', { offer });
    await invoke(offerer, 'processAnswer', { answer });
    await giveCandidates(offerer, answerer);
    await giveCandidates(answerer, offerer);
    for (const id of [offerer, answerer]) {
      await expect.poll(async () => invoke(id, 'getConnectionState')).toBe('CONNECTED');
      expect(told(id, 'IceComponentStateChanged', 'state')).toContain('READY');
      const dtlsStates = told(id, 'DtlsConnectionStateChange', 'state');
      expect(dtlsStates).toEqual(['NEW', 'CONNECTING', 'CONNECTING', 'CONNECTED', 'CONNECTED']);
      const statistics = JSON.stringify(await invoke(id, 'getStats'));
      for (const type of ['RTCIceCandidatePairStats', 'RTCCertificateStats', 'RTCOutboundRTPStreamStats']) {
        expect(statistics).toContain(type);
      }
    }
  });

  it('end with errors when their media worker ends', async () => {
    const mediaPipeline = await create('MediaPipeline', {}, 'Error');
    const endpoint = await create('WebRtcEndpoint', { mediaPipeline }, 'Error');
    await engine.replaceWorker(0);
    await expect.poll(() => told(mediaPipeline, 'Error', 'type')).toEqual(['UNEXPECTED_ERROR']);
    expect(told(endpoint, 'Error', 'type')).toEqual(['UNEXPECTED_ERROR']);
    await expect(invoke(endpoint, 'getName')).rejects.toMatchObject({ type: 'MEDIA_OBJECT_NOT_FOUND' });
  });
});
