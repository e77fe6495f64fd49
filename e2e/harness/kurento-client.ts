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

/** Refusals reach only a callback: without one the client prints them and goes on. */
type Done = (error?: unknown) => void;

/** What comes out of an element or goes into one. */
interface KurentoConnections {
  readonly source: string;
  readonly sink: string;
  readonly type: string;
}

/** What tests use of an object of the official client. Void operations resolve too. */
export interface KurentoObject {
  readonly id: string;
  create(type: string, params?: object): KurentoCreation;
  create(transaction: KurentoTransaction, type: string, params?: object): KurentoCreation;
  release(): Promise<void>;
  connect(sink: KurentoObject, mediaType?: 'AUDIO' | 'VIDEO' | 'DATA'): Promise<void>;
  disconnect(sink: KurentoObject, mediaType?: 'AUDIO' | 'VIDEO' | 'DATA'): Promise<void>;
  getSinkConnections(): Promise<readonly KurentoConnections[]>;
  processOffer(offer: string): Promise<string>;
  processOffer(transaction: KurentoTransaction, offer: string, done: Done): Promise<string>;
  processAnswer(answer: string): Promise<string>;
  generateOffer(options?: object): Promise<string>;
  setTurnUrl(turnUrl: string): Promise<void>;
  getICECandidatePairs(): Promise<readonly { readonly localCandidate: string }[]>;
  gatherCandidates(): Promise<void>;
  addIceCandidate(candidate: object): Promise<void>;
  getLocalSessionDescriptor(): Promise<string>;
  getStats(mediaType?: string): Promise<Readonly<Record<string, Readonly<Record<string, unknown>>>>>;
  setMaxVideoRecvBandwidth(kilobits: number): Promise<void>;
  isMediaFlowingIn(mediaType: string): Promise<boolean>;
  isMediaFlowingOut(mediaType: string): Promise<boolean>;
  setSource(port: KurentoObject): Promise<void>;
  removeSource(): Promise<void>;
  getName(done?: Done): Promise<string>;
  setName(name: string): Promise<void>;
  setName(transaction: KurentoTransaction, name: string, done: Done): Promise<void>;
  addTag(key: string, value: string): Promise<void>;
  removeTag(key: string): Promise<void>;
  getTag(key: string, done?: Done): Promise<string>;
  getTags(): Promise<readonly { readonly key: string; readonly value: string }[]>;
  setSendTagsInEvents(isSent: boolean): Promise<void>;
  getCreationTime(): Promise<number>;
  getParent(): Promise<KurentoObject>;
  getMediaPipeline(): Promise<KurentoObject>;
  getChildren(): Promise<readonly KurentoObject[]>;
  getChilds(): Promise<readonly KurentoObject[]>;
  getGstreamerDot(): Promise<string>;
  on(event: string, listener: (event: KurentoEvent) => void): void;
  removeListener(event: string, listener: (event: KurentoEvent) => void): void;
  removeAllListeners(event: string): void;
}

/** Calls that are given it are asked all at once, by `commit`. */
interface KurentoTransaction {
  commit(): Promise<unknown>;
}

/** What `create` returns: an object that transactions may use before it is there. */
type KurentoCreation = Promise<KurentoObject> & KurentoObject;

/** What the client is before it is awaited: that gives a copy, without the session and the connection. */
export interface KurentoConnection extends Promise<KurentoClient> {
  readonly sessionId: string;
  /** What connects again. */
  readonly _re: { on(event: 'error', listener: (error: Error) => void): void };
  on(event: string, listener: (value: unknown) => void): void;
}

/** The client itself. */
export interface KurentoClient {
  create(type: string, params?: object): KurentoCreation;
  create(transaction: KurentoTransaction, type: string, params?: object): KurentoCreation;
  beginTransaction(): KurentoTransaction;
  /** Of what is there already: its operations are asked all at once. */
  transaction(run: () => void): Promise<unknown>;
  getMediaobjectById(id: string): Promise<KurentoObject>;
  getServerManager(): Promise<{ getPipelines(): Promise<readonly KurentoObject[]> }>;
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
