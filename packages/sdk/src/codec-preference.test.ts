import { describe, expect, it, vi } from 'vitest';
import { useMeeting } from '../test/meeting.ts';
import { sendableCodecs } from './codec-preference.ts';

vi.mock('socket.io-client', async () => {
  const { connectFake } = await import('../test/fake-server.ts');
  return { io: connectFake };
});

const meeting = useMeeting();

/** The order of the codecs in each section. */
function orders(): readonly string[] {
  return meeting.browser.peerConnection.getTransceivers().map(({ codecs }) => codecs.join(' '));
}

describe('a preferred codec', () => {
  it('comes first in the sections of camera and screen, with all the others behind it', async () => {
    const room = await meeting.join({ camera: true, microphone: true, preferredCodec: 'H264' });
    await room.publishScreen();
    expect(orders()).toEqual(['', 'H264 VP8 rtx VP9 AV1', 'H264 VP8 rtx VP9 AV1']);
  });

  it('that is changed is offered at once, if there is a picture; without one by the next offer', async () => {
    const { server } = meeting;
    const room = await meeting.join();
    await room.setPreferredCodec('VP9');
    expect(server.offers()).toHaveLength(1);
    await room.publishCamera();
    expect(orders().at(-1)).toBe('VP9 VP8 rtx H264 AV1');
    await room.setPreferredCodec(undefined);
    expect(server.offers()).toHaveLength(3);
    expect(orders().at(-1)).toBe('VP8 rtx VP9 H264 AV1');
  });

  it('that is changed while the server is away is offered when it is back', async () => {
    const { server } = meeting;
    const room = await meeting.join({ camera: true });
    server.socket.drop();
    await room.setPreferredCodec('VP9');
    expect(server.offers()).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(server.offers()).toHaveLength(2);
    expect(orders()).toEqual(['VP9 VP8 rtx H264 AV1']);
    expect(meeting.takeEvents()).toEqual(['state reconnecting', 'state connected']);
  });

  it('that the browser does not have leaves its own order', async () => {
    meeting.browser.codecs.splice(1);
    expect(sendableCodecs()).toEqual(['VP8']);
    await meeting.join({ camera: true, preferredCodec: 'AV1' });
    expect(orders()).toEqual(['']);
  });
});
