/** Something that is open and can say how it is. */
export interface Witness {
  readonly name: string;
  tell(): Promise<string>;
}

const witnesses = new Set<Witness>();

/** The longest that one is waited for; a browser may hang. */
const patienceMs = 10_000;

/** A failure tells of it from now on, until the answered function is called: the page that waits is rarely the one at fault. */
export function addWitness(witness: Witness): () => void {
  witnesses.add(witness);
  return () => void witnesses.delete(witness);
}

/** What all who are open now have to say. */
export async function whatHappened(): Promise<string> {
  const told = [...witnesses].map(async (witness) => {
    const silence = new Promise<string>((resolve) => setTimeout(resolve, patienceMs, 'it does not answer'));
    return `--- ${witness.name}: ${await Promise.race([witness.tell().catch(String), silence])}`;
  });
  return (await Promise.all(told)).join('\n');
}

/** An expression for a page of the SDK: what it sends and receives, counted twice with a second between; of any other its text. */
export const pageMedia = `(async () => {
  const room = window.rivero;
  if (!room) return location.href + '\\n' + document.body?.innerText;
  const pc = room.peerConnection;
  const shown = {
    'inbound-rtp': ['packetsReceived', 'packetsLost', 'framesDecoded', 'keyFramesDecoded', 'totalDecodeTime', 'pliCount'],
    'outbound-rtp': ['packetsSent', 'framesEncoded', 'keyFramesEncoded', 'totalEncodeTime', 'targetBitrate', 'pliCount', 'qualityLimitationReason'],
    'media-source': ['frames', 'framesPerSecond'],
    'candidate-pair': ['state', 'currentRoundTripTime', 'availableOutgoingBitrate', 'bytesSent', 'bytesReceived'],
  };
  const count = async () => [...(await pc.getStats()).values()].filter((e) => e.type in shown && (e.type !== 'candidate-pair' || e.nominated));
  const before = new Map((await count()).map((e) => [e.id, e]));
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const lines = (await count()).map((e) => [e.type, e.kind, e.mid, ...shown[e.type].filter((name) => name in e).map((name) => {
    const was = before.get(e.id)?.[name];
    return name + ' ' + (was === e[name] || was === undefined ? e[name] : was + ' → ' + e[name]);
  })].filter((word) => word !== undefined).join(', '));
  const people = room.participants.map((p) => p.name + ' (' + p.tracks.map((t) => t.source + (t.muted ? ' muted' : '') + (t.mediaStreamTrack ? '' : ' not received')).join(', ') + ')');
  return [location.href, 'room ' + room.state + ', media ' + room.mediaState + ', ' + pc.signalingState, ...people, ...lines].join('\\n');
})()`;
