import { describe, expect, it } from 'vitest';
import { identityOf, receivedKinds } from './peer-connection-sdp.ts';

function sdp(...lines: readonly string[]): string {
  return ['v=0', 'o=- 42 1 IN IP4 127.0.0.1', 's=-', 't=0 0', ...lines, ''].join('\r\n');
}

describe('an answer of ours', () => {
  const audio = 'm=audio 9 UDP/TLS/RTP/SAVPF 111';
  const video = 'm=video 9 UDP/TLS/RTP/SAVPF 96';
  it.each([
    ['both', sdp(audio, 'a=mid:0', 'a=recvonly', video, 'a=sendrecv'), ['audio', 'video']],
    ['one that is inactive', sdp(audio, 'a=inactive', video, 'a=recvonly'), ['video']],
    ['one that we only send', sdp(audio, 'a=sendonly', video, 'a=recvonly'), ['video']],
    ['one that we refuse', sdp('m=audio 0 UDP/TLS/RTP/SAVPF 0', 'a=recvonly', video, 'a=recvonly'), ['video']],
    ['one of two of a kind', sdp(video, 'a=recvonly', 'm=video 0 UDP/TLS/RTP/SAVPF 96', 'a=inactive'), ['video']],
    ['data alone', sdp('m=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'a=sendrecv'), []],
    ['none', sdp(), []],
    ['nothing', '', []],
  ])('with %s says what we receive', (_name, answer, kinds) => {
    expect([...receivedKinds(answer)]).toEqual(kinds);
  });
});

describe('a peer connection', () => {
  const offer = (session: string, version: number, fingerprint: string): string =>
    sdp('m=audio 9 UDP/TLS/RTP/SAVPF 111', `a=fingerprint:sha-256 ${fingerprint}`)
      .replace('o=- 42 1', `o=- ${session} ${version}`)
      .concat('a=candidate:1 1 udp 1 10.0.0.1 1 typ host\r\n'.repeat(version));

  it('has one identity in all its offers', () => {
    expect(identityOf(offer('7', 2, 'AA'))).toBe(identityOf(offer('7', 3, 'AA')));
  });

  it('has another one than those of other sessions and other certificates', () => {
    const identity = identityOf(offer('7', 2, 'AA'));
    expect(identityOf(offer('8', 2, 'AA'))).not.toBe(identity);
    expect(identityOf(offer('7', 2, 'BB'))).not.toBe(identity);
  });
});
