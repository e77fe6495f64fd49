export interface JoinOptions {
  /** Address of the server; left out: the one the page came from. A server refuses pages of every other origin. */
  readonly url?: string;
  readonly room: string;
  readonly name: string;
  /** Makes us a host, and lets us into a locked room; a wrong or old one is no error. See `Room.hostToken`. */
  readonly hostToken?: string;
  /** true or constraints: opened and published at once; or a track of your own. Default: neither. */
  readonly camera?: boolean | MediaTrackConstraints | MediaStreamTrack;
  readonly microphone?: boolean | MediaTrackConstraints | MediaStreamTrack;
}
