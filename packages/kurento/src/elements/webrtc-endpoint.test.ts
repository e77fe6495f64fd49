import { beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../model.ts';
import { TestElements } from '../test/test-elements.ts';

let server: TestElements;
let mediaPipeline: string;

beforeEach(async () => {
  server = new TestElements();
  mediaPipeline = await server.pipeline();
});

async function endpoint(name = 'w', options: Readonly<Record<string, Json>> = {}): Promise<string> {
  return server.create(name, 'WebRtcEndpoint', { mediaPipeline, ...options });
}

async function refusal(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'nothing was refused',
    (error: unknown) => (error instanceof Error && 'type' in error ? [error.type, error.message] : error),
  );
}

describe('a new WebRtcEndpoint', () => {
  it('is an endpoint of the engine with tracks of its name', async () => {
    const id = await endpoint();
    expect(server.engine.get(id).options).toEqual({
      type: 'webrtc',
      trackIds: { audio: `${id}/audio`, video: `${id}/video` },
      direction: 'sendrecv',
      certificate: 'rsa',
    });
  });

  it.each([
    [{ recvonly: true }, { direction: 'recvonly' }],
    [{ sendonly: true }, { direction: 'sendonly' }],
    [{ certificateKeyType: 'ECDSA' }, { certificate: 'ecdsa' }],
    [
      { useDataChannels: true, qosDscp: 'AF41' },
      { direction: 'sendrecv', certificate: 'rsa' },
    ],
  ])('of %o is opened with %o', async (options, expected) => {
    expect(server.engine.get(await endpoint('w', options)).options).toMatchObject(expected);
  });

  it('cannot only receive and only send', async () => {
    expect(await refusal(endpoint('w', { recvonly: true, sendonly: true }))).toEqual([
      'MEDIA_OBJECT_ILLEGAL_PARAM_ERROR',
      "'recvonly' and 'sendonly' exclude each other",
    ]);
    expect(server.engine.endpoints.size).toBe(0);
  });

  it('has the properties of a Kurento Media Server', async () => {
    const id = await endpoint();
    const values: Readonly<Record<string, Json>> = {
      getMtu: 1200,
      getMinVideoRecvBandwidth: 100,
      getMaxVideoRecvBandwidth: 0,
      getMaxAudioRecvBandwidth: 0,
      getMinVideoSendBandwidth: 100,
      getMaxVideoSendBandwidth: 500,
      getMediaState: 'DISCONNECTED',
      getConnectionState: 'DISCONNECTED',
      getStunServerAddress: '',
      getStunServerPort: 3478,
      getTurnUrl: '',
      getNetworkInterfaces: '',
      getIceTcp: true,
      getExternalIPv4: '',
      getExternalIPv6: '',
      getICECandidatePairs: [],
      getIceConnectionState: [],
      getDtlsConnectionState: [],
      getRembParams: { __module__: 'kurento', __type__: 'RembParams' },
    };
    for (const [operation, value] of Object.entries(values)) {
      expect([operation, await server.invoke(id, operation)]).toEqual([operation, value]);
    }
  });

  it('has no data channels', async () => {
    const id = await endpoint('w', { useDataChannels: true });
    const refused = ['MEDIA_OBJECT_OPERATION_NOT_SUPPORTED', 'Data channels are not supported'];
    expect(await refusal(server.invoke(id, 'createDataChannel', { label: 'x' }))).toEqual(refused);
    expect(await refusal(server.invoke(id, 'closeDataChannel', { channelId: 1 }))).toEqual(refused);
  });
});

describe('properties', () => {
  it('of bandwidths are kbit/s, 0 is no limit, and the default of what is sent limits nothing', async () => {
    const id = await endpoint();
    const settings = (): unknown => server.engine.get(id).settings;
    expect(settings()).toEqual({
      networkInterfaces: [],
      iceTcp: true,
      audioReceiveMax: 0,
      videoReceiveMax: 0,
      videoReceiveMin: 100_000,
      videoSendMax: 0,
      videoSendMin: 100_000,
    });
    await server.invoke(id, 'setMaxVideoSendBandwidth', { maxVideoSendBandwidth: 500 });
    await server.invoke(id, 'setMaxAudioRecvBandwidth', { maxAudioRecvBandwidth: 64 });
    expect(settings()).toMatchObject({ videoSendMax: 500_000, audioReceiveMax: 64_000 });
    await server.invoke(id, 'setMaxVideoSendBandwidth', { maxVideoSendBandwidth: 0 });
    expect(settings()).toMatchObject({ videoSendMax: 0 });
  });

  it('of bandwidths whose least is more than the most are the most', async () => {
    const id = await endpoint();
    await server.invoke(id, 'setMaxVideoRecvBandwidth', { maxVideoRecvBandwidth: 30 });
    await server.invoke(id, 'setMaxVideoSendBandwidth', { maxVideoSendBandwidth: 40 });
    expect(server.engine.get(id).settings).toMatchObject({
      videoReceiveMax: 30_000,
      videoReceiveMin: 30_000,
      videoSendMax: 40_000,
      videoSendMin: 40_000,
    });
    expect(await server.invoke(id, 'getMinVideoRecvBandwidth')).toBe(100);
  });

  it.each([
    ['maxVideoRecvBandwidth', -1],
    ['minVideoSendBandwidth', -1],
    ['mtu', 0],
    ['mtu', 65_536],
    ['stunServerPort', 65_536],
    ['stunServerAddress', 'no address!'],
    ['turnUrl', 'turn:192.0.2.1'],
    ['turnUrl', 'user:secret@192.0.2.1:70000'],
    ['turnUrl', 'user:secret@192.0.2.1:3478?transport=sctp'],
    ['externalIPv4', '2001:db8::1'],
    ['externalIPv4', 'example.com'],
    ['externalIPv6', '192.0.2.1'],
    ['networkInterfaces', 'x'.repeat(1025)],
  ])('refuse %s %s', async (name, value) => {
    const id = await endpoint();
    const operation = `et${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
    const before = await server.invoke(id, `g${operation}`);
    await expect(server.invoke(id, `s${operation}`, { [name]: value })).rejects.toMatchObject({
      type: 'MEDIA_OBJECT_ILLEGAL_PARAM_ERROR',
    });
    expect(await server.invoke(id, `g${operation}`)).toBe(before);
  });

  it.each([
    ['stunServerAddress', '192.0.2.9'],
    ['stunServerPort', 19_302],
    ['turnUrl', 'user:secret@192.0.2.1:3478'],
    ['turnUrl', 'user:secret@[2001:db8::1]:3478?transport=tls'],
    ['turnUrl', ''],
    ['mtu', 1000],
    ['rembParams', { __module__: 'kurento', __type__: 'RembParams', rembOnConnect: 500_000 }],
  ])('keep %s %s', async (name, value) => {
    const id = await endpoint();
    const operation = `et${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
    await server.invoke(id, `s${operation}`, { [name]: value });
    expect(await server.invoke(id, `g${operation}`)).toEqual(value);
  });

  it('of addresses are told to the engine', async () => {
    const id = await endpoint();
    await server.invoke(id, 'setNetworkInterfaces', { networkInterfaces: 'eth0, eth1,' });
    await server.invoke(id, 'setIceTcp', { iceTcp: false });
    await server.invoke(id, 'setExternalIPv4', { externalIPv4: '192.0.2.1' });
    await server.invoke(id, 'setExternalIPv6', { externalIPv6: '2001:db8::1' });
    expect(server.engine.get(id).settings).toMatchObject({
      networkInterfaces: ['eth0', 'eth1'],
      iceTcp: false,
      externalIpv4: '192.0.2.1',
      externalIpv6: '2001:db8::1',
    });
    await server.invoke(id, 'setExternalIPv4', { externalIPv4: '' });
    expect(server.engine.get(id).settings).not.toHaveProperty('externalIpv4');
  });
});

describe('servers', () => {
  it.each([
    [
      'user:secret@192.0.2.1:3478',
      { username: 'user', password: 'secret', host: '192.0.2.1', port: 3478, transport: 'udp' },
    ],
    [
      'u:a:b@c@turn.example.com:443?transport=tls',
      { username: 'u', password: 'a:b@c', host: 'turn.example.com', port: 443, transport: 'tls' },
    ],
    ['user:secret@[2001:db8::1]:3478?transport=tcp', { host: '2001:db8::1', port: 3478, transport: 'tcp' }],
  ])('for relaying are told to the engine: %s', async (turnUrl, turnServer) => {
    const id = await endpoint();
    await server.invoke(id, 'setTurnUrl', { turnUrl });
    expect(server.engine.get(id).settings).toMatchObject({ turnServer });
    await server.invoke(id, 'setTurnUrl', { turnUrl: '' });
    expect(server.engine.get(id).settings).not.toHaveProperty('turnServer');
  });

  it('for STUN are told to the engine when there is an address, with whatever port there is then', async () => {
    const id = await endpoint();
    await server.invoke(id, 'setStunServerPort', { stunServerPort: 19_302 });
    expect(server.engine.get(id).settings).not.toHaveProperty('stunServer');
    await server.invoke(id, 'setStunServerAddress', { stunServerAddress: '192.0.2.9' });
    expect(server.engine.get(id).settings).toMatchObject({ stunServer: { host: '192.0.2.9', port: 19_302 } });
    await server.invoke(id, 'setStunServerPort', { stunServerPort: 3_478 });
    expect(server.engine.get(id).settings).toMatchObject({ stunServer: { host: '192.0.2.9', port: 3_478 } });
  });
});

describe('negotiation', () => {
  const offer = 'v=0\r\ns=theirs\r\n';

  it('answers an offer, and starts the session', async () => {
    const id = await endpoint();
    expect(await server.invoke(id, 'processOffer', { offer })).toBe('v=0\r\ns=answer\r\n');
    expect(server.takeEvents()).toEqual(['w MediaSessionStarted']);
    expect(await server.invoke(id, 'getLocalSessionDescriptor')).toBe('v=0\r\ns=answer\r\n');
    expect(await server.invoke(id, 'getRemoteSessionDescriptor')).toBe(offer);
  });

  it('answers another offer on a live endpoint, without another start', async () => {
    const id = await endpoint();
    await server.invoke(id, 'processOffer', { offer });
    const again = 'v=0\r\ns=again\r\n';
    await server.invoke(id, 'processOffer', { offer: again });
    expect(server.takeEvents()).toEqual(['w MediaSessionStarted']);
    expect(await server.invoke(id, 'getRemoteSessionDescriptor')).toBe(again);
  });

  it('offers, and takes one answer, for which it gives our description', async () => {
    const id = await endpoint();
    expect(await server.invoke(id, 'generateOffer')).toBe('v=0\r\ns=offer\r\n');
    expect(server.takeEvents()).toEqual([]);
    expect(await server.invoke(id, 'processAnswer', { answer: offer })).toBe('v=0\r\ns=offer\r\n');
    expect(server.takeEvents()).toEqual(['w MediaSessionStarted']);
    expect(await refusal(server.invoke(id, 'processAnswer', { answer: offer }))).toEqual([
      'SDP_END_POINT_ANSWER_ALREADY_PROCCESED',
      'Sdp Answer already processed',
    ]);
    // The remote side may renegotiate from then on.
    expect(await server.invoke(id, 'processOffer', { offer })).toBe('v=0\r\ns=answer\r\n');
  });

  it.each([
    [{}, {}, { audio: 'sendrecv', video: 'sendrecv' }],
    [{}, { offerToReceiveVideo: false }, { audio: 'sendrecv', video: 'sendonly' }],
    [{ recvonly: true }, { offerToReceiveAudio: false }, { audio: undefined, video: 'recvonly' }],
    [{ sendonly: true }, { offerToReceiveAudio: true }, { audio: 'sendonly', video: 'sendonly' }],
  ])('made with %o offers with %o: %o', async (constructorOptions, options, directions) => {
    const id = await endpoint('w', constructorOptions);
    await server.invoke(id, 'generateOffer', { options });
    expect(server.engine.get(id).directions).toEqual(directions);
  });

  it('refuses what does not belong there as Kurento does', async () => {
    const id = await endpoint();
    const refused = async (operation: string, params: Json = {}): Promise<unknown> =>
      refusal(server.invoke(id, operation, params));
    expect(await refused('getLocalSessionDescriptor')).toEqual(['SDP_END_POINT_NO_LOCAL_SDP_ERROR', 'No local SDP']);
    expect(await refused('getRemoteSessionDescriptor')).toEqual(['SDP_END_POINT_NO_REMOTE_SDP_ERROR', 'No remote SDP']);
    const notOffered = [
      'SDP_END_POINT_NOT_OFFER_GENERATED',
      'Offer not generated. It is not possible to process an answer.',
    ];
    expect(await refused('processAnswer', { answer: 'x' })).toEqual(notOffered);
    expect(await refused('processOffer', { offer: '' })).toEqual(['SDP_PARSE_ERROR', 'Empty offer not valid']);
    expect(await refused('processOffer', { offer: 'garbage' })).toEqual(['SDP_PARSE_ERROR', 'Invalid SDP']);
    expect(await refused('processOffer', { offer: 'v=0 ice-lite' })).toEqual([
      'SDP_PARSE_ERROR',
      'Both sides are ICE lite.',
    ]);
    await server.invoke(id, 'generateOffer');
    const alreadyNegotiated = ['SDP_END_POINT_ALREADY_NEGOTIATED', 'Endpoint already negotiated'];
    expect(await refused('generateOffer')).toEqual(alreadyNegotiated);
    expect(await refused('processOffer', { offer })).toEqual(alreadyNegotiated);
    expect(await refused('processAnswer', { answer: '' })).toEqual(['SDP_PARSE_ERROR', 'Empty answer not valid']);
    expect(await refused('processAnswer', { answer: 'garbage' })).toEqual(['SDP_PARSE_ERROR', 'Invalid SDP']);
    // A refused answer changes nothing.
    await server.invoke(id, 'processAnswer', { answer: offer });
    expect(await refused('generateOffer')).toEqual(alreadyNegotiated);
    const answerer = await endpoint('answerer');
    await server.invoke(answerer, 'processOffer', { offer });
    expect(await refusal(server.invoke(answerer, 'processAnswer', { answer: offer }))).toEqual(notOffered);
    expect(await refusal(server.invoke(answerer, 'generateOffer'))).toEqual(alreadyNegotiated);
    server.engine.refusals.set('answerOffer', 'sdp-certificate-changed');
    expect(await refusal(server.invoke(answerer, 'processOffer', { offer }))).toEqual(alreadyNegotiated);
  });
});

describe('requestKeyframe', () => {
  it('asks whom the pictures come from, or else the own remote side', async () => {
    const [a, b] = [await endpoint('a'), await endpoint('b')];
    const through = await server.create('p', 'PassThrough', { mediaPipeline });
    await server.connect(a, through);
    await server.connect(through, b);
    await server.invoke(b, 'requestKeyframe');
    await server.invoke(a, 'requestKeyframe');
    const asked = `requestKeyframe ${a}/video`;
    expect(server.engine.calls.filter((call) => call.startsWith('requestKeyframe'))).toEqual([asked, asked]);
  });
});
