import type { ExportedClock, ExportedStream, ExportSink, ReceivedPacket } from '@rivero/router';
import type { Link } from './link.ts';
import type { BranchMessage } from './link-message.ts';
import type { Links, LinkedTrack } from './links.ts';

export interface TrackSinkOptions<Room> {
  readonly link: Link<LinkedTrack<Room>>;
  readonly links: Links<Room>;
  readonly post: (message: BranchMessage) => void;
}

/** A track of ours on its way to one other worker. */
export class TrackSink<Room> implements ExportSink {
  /** By which the other worker knows it. */
  readonly number: number;
  /** As the other worker was told. */
  isVoice: boolean;
  readonly #options: TrackSinkOptions<Room>;

  constructor(options: TrackSinkOptions<Room>, isVoice: boolean) {
    this.#options = options;
    this.number = options.link.nextTrack();
    this.isVoice = isVoice;
  }

  writePacket(packet: ReceivedPacket, stream: ExportedStream): boolean {
    return this.#count(this.#options.link.writer.writePacket(this.number, packet, stream));
  }

  writeLevel(packet: ReceivedPacket, stream: ExportedStream): void {
    this.#count(this.#options.link.writer.writeLevel(this.number, packet, stream));
  }

  tellClock(clock: ExportedClock): void {
    this.#options.post({ type: 'clock', track: this.number, clock });
  }

  #count(isWritten: boolean): boolean {
    const { link, links } = this.#options;
    links.touch(link);
    links.counters.count(isWritten ? 'written' : 'full');
    return isWritten;
  }
}
