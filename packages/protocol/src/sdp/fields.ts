import { CodedError } from '@rivero/core';

/** A description that cannot be answered; `code` says why and has a row in docs/errors.md. */
export function malformed(what: string): CodedError {
  return new CodedError(
    'sdp-malformed',
    `The session description is malformed: ${what}. Send what the browser made, unchanged.`,
  );
}

/** Where a line or section stands, for whoever reads a refusal. */
interface FieldsPlace {
  readonly name: string;
  /** Among others of its name. */
  readonly index?: number;
  readonly parent?: FieldsPlace;
}

/** Made only for a refusal: a description has hundreds of lines. */
function describe({ name, index, parent }: FieldsPlace): string {
  const own = index === undefined ? name : `${name} ${index}`;
  return parent === undefined ? own : `${own} of ${describe(parent)}`;
}

/** What the text layer made of a line or section: an object whose fields are checked one by one. */
export class Fields {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #place: FieldsPlace;

  constructor(value: unknown, place: FieldsPlace) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw malformed(`${describe(place)} is missing`);
    this.#value = value as Readonly<Record<string, unknown>>;
    this.#place = place;
  }

  has(key: string): boolean {
    return this.#value[key] !== undefined;
  }

  /** Text, or `undefined` when it is not there; the text layer turns some texts into numbers. */
  text(key: string): string | undefined {
    const value = this.#value[key];
    if (value === undefined) return undefined;
    if (typeof value !== 'string' && typeof value !== 'number') throw malformed(this.#nameOf(key));
    return String(value);
  }

  requiredText(key: string): string {
    const text = this.text(key);
    if (text === undefined) throw malformed(`${this.#nameOf(key)} is missing`);
    return text;
  }

  /** A whole number from 0 to `max`. */
  number(key: string, max: number): number {
    const text = this.text(key) ?? '';
    const value = text === '' ? Number.NaN : Number(text);
    if (!Number.isInteger(value) || value < 0 || value > max) throw malformed(this.#nameOf(key));
    return value;
  }

  /** The elements of a list, none when it is not there; more than `max` is refused. */
  list(key: string, max: number): readonly Fields[] {
    const value = this.#value[key];
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw malformed(this.#nameOf(key));
    if (value.length > max) {
      const name = describe(this.#place);
      throw new CodedError('sdp-too-large', `The session description has more than ${max} ${key} in ${name}.`);
    }
    return value.map((element, index) => new Fields(element, { name: key, index, parent: this.#place }));
  }

  object(key: string): Fields | undefined {
    return this.#value[key] === undefined
      ? undefined
      : new Fields(this.#value[key], { name: key, parent: this.#place });
  }

  #nameOf(key: string): string {
    return describe({ name: key, parent: this.#place });
  }
}
