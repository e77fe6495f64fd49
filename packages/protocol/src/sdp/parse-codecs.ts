import { type Fields, malformed } from './fields.ts';
import { codecsMax } from './limits.ts';
import type { RtpCodec } from './session-description.ts';

/** Feedback lines of one section: several a codec. */
const feedbackMax = codecsMax * 16;

/** Channels of an audio encoding; real ones have 1 to 8. */
const channelsMax = 255;

function parseParameters(config: string): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const part of config.split(';')) {
    const end = part.indexOf('=');
    const key = (end === -1 ? part : part.slice(0, end)).trim();
    if (key !== '') parameters[key.toLowerCase()] = end === -1 ? '' : part.slice(end + 1).trim();
  }
  return parameters;
}

/** Payload types that need no a=rtpmap (RFC 3551 section 6), of those that we route. */
const staticCodecs: ReadonlyMap<number, string> = new Map([
  [0, 'PCMU'],
  [8, 'PCMA'],
]);

/** What a=rtcp-fb says, by payload type; `*` is all of them. A browser's offer has more of these lines than of any others. */
function parseFeedback(section: Fields): ReadonlyMap<string, readonly string[]> {
  const feedback = new Map<string, string[]>();
  for (const line of section.list('rtcpFb', feedbackMax)) {
    const payload = line.requiredText('payload');
    const value = `${line.requiredText('type')} ${line.text('subtype') ?? ''}`.trim();
    const known = feedback.get(payload);
    if (known === undefined) feedback.set(payload, [value]);
    else known.push(value);
  }
  return feedback;
}

/** The payload types of a section in the order of its `m=` line, each with its RTX, which is no codec of its own. */
export function parseCodecs(section: Fields): readonly RtpCodec[] {
  const parameters = new Map<number, Record<string, string>>();
  for (const line of section.list('fmtp', codecsMax)) {
    parameters.set(line.number('payload', 127), parseParameters(line.text('config') ?? ''));
  }
  const feedback = parseFeedback(section);
  const feedbackOf = (payloadType: number): readonly string[] => [
    ...(feedback.get(String(payloadType)) ?? []),
    ...(feedback.get('*') ?? []),
  ];
  const codecs = new Map<number, RtpCodec>();
  const rtx = new Map<number, number>();
  for (const line of section.list('rtp', codecsMax)) {
    const payloadType = line.number('payload', 127);
    const name = line.requiredText('codec');
    const own = parameters.get(payloadType) ?? {};
    if (name.toLowerCase() === 'rtx') {
      const apt = Number(own['apt']);
      if (!Number.isInteger(apt) || apt < 0 || apt > 127) throw malformed(`rtx ${payloadType} has no apt`);
      rtx.set(apt, payloadType);
      continue;
    }
    const channels = line.has('encoding') ? line.number('encoding', channelsMax) : undefined;
    codecs.set(payloadType, {
      payloadType,
      name,
      clockRate: line.number('rate', 1_000_000),
      ...(channels === undefined ? {} : { channels }),
      parameters: own,
      feedback: feedbackOf(payloadType),
    });
  }
  const order = new Set(section.requiredText('payloads').split(' ').map(Number));
  for (const [payloadType, name] of section.text('type') === 'audio' ? staticCodecs : []) {
    if (!order.has(payloadType) || codecs.has(payloadType)) continue;
    codecs.set(payloadType, { payloadType, name, clockRate: 8_000, parameters: {}, feedback: feedbackOf(payloadType) });
  }
  return [...order].flatMap((payloadType) => {
    const codec = codecs.get(payloadType);
    if (codec === undefined) return [];
    const rtxPayloadType = rtx.get(payloadType);
    return [rtxPayloadType === undefined ? codec : { ...codec, rtxPayloadType }];
  });
}
