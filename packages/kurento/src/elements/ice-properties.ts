import { isIPv4, isIPv6 } from 'node:net';
import type { EndpointSettings, ServerAddress, TurnServer } from '@rivero/engine';
import type { Arguments } from '../objects/arguments.ts';
import type { Operations } from '../objects/kurento-object.ts';
import { nameLengthMax } from '../objects/object-limits.ts';
import { capitalized } from '../schema/former-names.ts';
import { illegalParameter } from './number-properties.ts';

const textNames = ['stunServerAddress', 'turnUrl', 'externalIPv4', 'externalIPv6', 'networkInterfaces'] as const;

type TextName = (typeof textNames)[number];

/** STUN's port (RFC 8489 section 18.6). */
const stunPort = 3478;

const portMax = 65_535;

/** `user:password@address:port`, with `?transport=` if it is not UDP. IPv6 addresses may stand in brackets. */
const turnUrlFormat =
  /^(?<username>[^:@]+):(?<password>.+)@(?<host>[^@]+):(?<port>\d{1,5})(?:\?transport=(?<transport>udp|tcp|tls))?$/;

const refusals: Readonly<Record<TextName, (text: string) => string | undefined>> = {
  stunServerAddress: (text) => (/^[\w.:-]+$/.test(text) ? undefined : 'is no address'),
  turnUrl: (text) =>
    Number(turnUrlFormat.exec(text)?.groups?.['port'] ?? portMax + 1) <= portMax
      ? undefined
      : 'must have this format: user:password@address:port(?transport=[udp|tcp|tls])',
  externalIPv4: (text) => (isIPv4(text) ? undefined : 'is no IPv4 address'),
  externalIPv6: (text) => (isIPv6(text) ? undefined : 'is no IPv6 address'),
  networkInterfaces: () => undefined,
};

type IceSettings = Pick<
  EndpointSettings,
  'networkInterfaces' | 'iceTcp' | 'externalIpv4' | 'externalIpv6' | 'stunServer' | 'turnServer'
>;

/** How a WebRtcEndpoint finds its addresses, and whom it asks for others. */
export class IceProperties {
  readonly #onSet: () => Promise<void>;
  readonly #texts = new Map<TextName, string>();
  #stunServerPort = stunPort;
  #iceTcp = true;

  constructor(onSet: () => Promise<void>) {
    this.#onSet = onSet;
  }

  get settings(): IceSettings {
    const externalIpv4 = this.#text('externalIPv4');
    const externalIpv6 = this.#text('externalIPv6');
    const stunServer = stunServerOf(this.#text('stunServerAddress'), this.#stunServerPort);
    const turnServer = turnServerOf(this.#text('turnUrl'));
    return {
      networkInterfaces: this.#text('networkInterfaces')
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
      iceTcp: this.#iceTcp,
      ...(externalIpv4 === '' ? {} : { externalIpv4 }),
      ...(externalIpv6 === '' ? {} : { externalIpv6 }),
      ...(stunServer === undefined ? {} : { stunServer }),
      ...(turnServer === undefined ? {} : { turnServer }),
    };
  }

  /** Gathering may take seconds. */
  get asksServers(): boolean {
    const { stunServer, turnServer } = this.settings;
    return stunServer !== undefined || turnServer !== undefined;
  }

  readonly operations: Operations = {
    ...Object.fromEntries(
      textNames.flatMap((name) => [
        [`get${capitalized(name)}`, () => this.#text(name)],
        [`set${capitalized(name)}`, async (args: Arguments) => this.#setText(name, args.string(name))],
      ]),
    ),
    getStunServerPort: () => this.#stunServerPort,
    setStunServerPort: async (args) => {
      const port = args.number('stunServerPort');
      if (port < 0 || port > portMax) throw illegalParameter("'stunServerPort' is no port");
      this.#stunServerPort = port;
      await this.#onSet();
      return undefined;
    },
    getIceTcp: () => this.#iceTcp,
    setIceTcp: async (args) => {
      this.#iceTcp = args.boolean('iceTcp');
      await this.#onSet();
      return undefined;
    },
  };

  #text(name: TextName): string {
    return this.#texts.get(name) ?? '';
  }

  async #setText(name: TextName, text: string): Promise<undefined> {
    if (text.length > nameLengthMax) throw illegalParameter(`'${name}' has more than ${nameLengthMax} characters`);
    // Empty: none.
    const refusal = text === '' ? undefined : refusals[name](text);
    if (refusal !== undefined) throw illegalParameter(`'${name}' ${refusal}`);
    this.#texts.set(name, text);
    await this.#onSet();
  }
}

function stunServerOf(host: string, port: number): ServerAddress | undefined {
  return host === '' || port === 0 ? undefined : { host: withoutBrackets(host), port };
}

/** `undefined` where there is none; whatever else is no such URL was refused. */
function turnServerOf(url: string): TurnServer | undefined {
  const { username = '', password = '', host = '', port = '', transport } = turnUrlFormat.exec(url)?.groups ?? {};
  if (host === '') return undefined;
  const known = transport === 'tcp' || transport === 'tls' ? transport : 'udp';
  return { username, password, host: withoutBrackets(host), port: Number(port), transport: known };
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
