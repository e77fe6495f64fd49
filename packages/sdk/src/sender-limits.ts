import { encodingFor, type VideoLimits } from './send-limits.ts';

const limited = ['maxBitrate', 'maxFramerate', 'scaleResolutionDownBy'] as const;

/** Holds senders to their limits. Of one sender only one change is under way: a second one would outdate the first. */
export class SenderLimits {
  readonly #turns = new WeakMap<RTCRtpSender, Promise<void>>();

  /** `limits` is asked when it is this one's turn. Nothing is changed where nothing differs. */
  apply(sender: RTCRtpSender, limits: () => VideoLimits): Promise<void> {
    const before = this.#turns.get(sender) ?? Promise.resolve();
    const turn = before.catch(() => {}).then(() => limit(sender, limits()));
    this.#turns.set(sender, turn);
    return turn;
  }
}

async function limit(sender: RTCRtpSender, limits: VideoLimits): Promise<void> {
  const { track } = sender;
  const parameters = sender.getParameters();
  const [encoding] = parameters.encodings;
  if (encoding === undefined) return;
  const fitting = encodingFor(limits, track?.kind === 'video' ? track.getSettings() : {});
  // While a camera is off its size is unknown: it begins as small as it ended.
  const wanted = track === null ? { ...fitting, scaleResolutionDownBy: encoding.scaleResolutionDownBy } : fitting;
  const isSame = limited.every((name) => (encoding[name] ?? neutral(name)) === (wanted[name] ?? neutral(name)));
  if (isSame) return;
  for (const name of limited) {
    const value = wanted[name];
    if (value === undefined) delete encoding[name];
    else encoding[name] = value;
  }
  await sender.setParameters(parameters);
}

/** Browsers say 1 where nothing is scaled. */
function neutral(name: (typeof limited)[number]): number | undefined {
  return name === 'scaleResolutionDownBy' ? 1 : undefined;
}
