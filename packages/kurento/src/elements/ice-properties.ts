import { isIPv4, isIPv6 } from 'node:net';
import type { EndpointSettings } from '@rivero/engine';
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

/** `user:password@address:port`, with `?transport=` if it is not UDP. */
const turnUrlFormat = /^[^:@]+:.+@[^@]+:(?<port>\d{1,5})(?:\?transport=(?:udp|tcp|tls))?$/;

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

/**
 * How a WebRtcEndpoint finds its addresses. STUN and TURN servers are kept for those who ask, and not used: our agent tells
 * the addresses that it listens on, and is reached there.
 */
export class IceProperties {
  readonly #onSet: () => Promise<void>;
  readonly #texts = new Map<TextName, string>();
  #stunServerPort = stunPort;
  #iceTcp = true;

  constructor(onSet: () => Promise<void>) {
    this.#onSet = onSet;
  }

  get settings(): Pick<EndpointSettings, 'networkInterfaces' | 'iceTcp' | 'externalIpv4' | 'externalIpv6'> {
    const externalIpv4 = this.#text('externalIPv4');
    const externalIpv6 = this.#text('externalIPv6');
    return {
      networkInterfaces: this.#text('networkInterfaces')
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
      iceTcp: this.#iceTcp,
      ...(externalIpv4 === '' ? {} : { externalIpv4 }),
      ...(externalIpv6 === '' ? {} : { externalIpv6 }),
    };
  }

  readonly operations: Operations = {
    ...Object.fromEntries(
      textNames.flatMap((name) => [
        [`get${capitalized(name)}`, () => this.#text(name)],
        [`set${capitalized(name)}`, async (args: Arguments) => this.#setText(name, args.string(name))],
      ]),
    ),
    getStunServerPort: () => this.#stunServerPort,
    setStunServerPort: (args) => {
      const port = args.number('stunServerPort');
      if (port < 0 || port > portMax) throw illegalParameter("'stunServerPort' is no port");
      this.#stunServerPort = port;
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
