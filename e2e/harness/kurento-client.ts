import { createRequire, registerHooks } from 'node:module';

const require = createRequire(import.meta.url);

// Its parts ask for `kurento-client`, under which the present one is installed.
registerHooks({
  resolve: (specifier, context, next) => {
    const isFormer = specifier === 'kurento-client' && context.parentURL?.includes('/kurento-client-6/') === true;
    return next(isFormer ? 'kurento-client-6' : specifier, context);
  },
});

/** An event of the Kurento API as its client hands it over; each kind has fields of its own. */
export type KurentoEvent = Readonly<Record<string, unknown>>;

/** What tests use of an object of the official client. Void operations resolve too. */
export interface KurentoObject {
  readonly id: string;
  create(type: string, params?: object): Promise<KurentoObject>;
  release(): Promise<void>;
  connect(sink: KurentoObject, mediaType?: 'AUDIO' | 'VIDEO' | 'DATA'): Promise<void>;
  disconnect(sink: KurentoObject, mediaType?: 'AUDIO' | 'VIDEO' | 'DATA'): Promise<void>;
  processOffer(offer: string): Promise<string>;
  processAnswer(answer: string): Promise<string>;
  generateOffer(options?: object): Promise<string>;
  gatherCandidates(): Promise<void>;
  addIceCandidate(candidate: object): Promise<void>;
  getLocalSessionDescriptor(): Promise<string>;
  getStats(mediaType?: string): Promise<Readonly<Record<string, Readonly<Record<string, unknown>>>>>;
  setMaxVideoRecvBandwidth(kilobits: number): Promise<void>;
  isMediaFlowingIn(mediaType: string): Promise<boolean>;
  isMediaFlowingOut(mediaType: string): Promise<boolean>;
  setSource(port: KurentoObject): Promise<void>;
  removeSource(): Promise<void>;
  /** Refusals reach only a callback: without one the client prints them and goes on. */
  getName(callback?: (error: Error | null) => void): Promise<string>;
  setName(name: string): Promise<void>;
  getChildren(): Promise<readonly KurentoObject[]>;
  getChilds(): Promise<readonly KurentoObject[]>;
  getGstreamerDot(): Promise<string>;
  on(event: string, listener: (event: KurentoEvent) => void): void;
}

/** What the client is before it is awaited: that gives a copy, without the session and the connection. */
export interface KurentoConnection extends Promise<KurentoClient> {
  readonly sessionId: string;
  /** What connects again. */
  readonly _re: { on(event: 'error', listener: (error: Error) => void): void };
  on(event: string, listener: (value: unknown) => void): void;
}

/** The client itself. */
export interface KurentoClient {
  create(type: string, params?: object): Promise<KurentoObject>;
  getServerManager(): Promise<{ getPipelines(): Promise<readonly KurentoObject[]> }>;
  transaction(run: () => void): Promise<unknown>;
  close(): void;
}

interface KurentoModule {
  (url: string, options?: object): KurentoConnection;
  getComplexType(name: 'IceCandidate' | 'SDES'): (value: object) => object;
}

/** The official client of that generation, unchanged, but that old code may subclass what Node made a class. */
export function loadKurentoClient(generation: 6 | 7): KurentoModule {
  Reflect.set(require('node:domain'), 'Domain', undefined);
  return require(generation === 7 ? 'kurento-client' : 'kurento-client-6');
}
