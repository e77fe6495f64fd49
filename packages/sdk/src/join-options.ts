export interface JoinOptions {
  /** Address of the server; left out: the one the page came from. A server refuses pages of every other origin. */
  readonly url?: string;
  readonly room: string;
  readonly name: string;
  /** true or constraints: opened and published at once; or a track of your own. Default: neither. */
  readonly camera?: boolean | MediaTrackConstraints | MediaStreamTrack;
  readonly microphone?: boolean | MediaTrackConstraints | MediaStreamTrack;
}
