import type { BrowserCandidate } from './gathered-candidate.ts';

/** What is used of an `icecandidateerror`. */
export interface BrowserIceError {
  readonly errorCode: number;
  readonly errorText: string;
  readonly url: string;
  readonly port: number | null;
}

/** Is told what a connection gathers. */
export interface IceListener {
  handleCandidate(candidate: BrowserCandidate): void;
  handleError(error: BrowserIceError): void;
  handleComplete(): void;
}

/** A connection that only gathers. */
export interface IceConnection {
  start(): Promise<void>;
  close(): void;
}

export type OpenIceConnection = (configuration: RTCConfiguration, listener: IceListener) => IceConnection;

/** A peer connection with something to connect, which takes no camera. Throws where the browser does not take the configuration. */
export function openIceConnection(configuration: RTCConfiguration, listener: IceListener): IceConnection {
  const connection = new RTCPeerConnection(configuration);
  connection.onicecandidate = ({ candidate }) => {
    if (candidate !== null) listener.handleCandidate(candidate);
  };
  connection.onicecandidateerror = (error) => listener.handleError(error);
  connection.onicegatheringstatechange = () => {
    if (connection.iceGatheringState === 'complete') listener.handleComplete();
  };
  return {
    start: () => {
      connection.createDataChannel('');
      return connection.setLocalDescription();
    },
    close: () => connection.close(),
  };
}
