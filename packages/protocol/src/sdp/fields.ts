import { CodedError } from '@rivero/core';

/** A description that cannot be answered; `code` says why and has a row in docs/errors.md. */
export function malformed(what: string): CodedError {
  return new CodedError(
    'sdp-malformed',
    `The session description is malformed: ${what}. Send what the browser made, unchanged.`,
  );
}

/** What the text layer made of a line or section: an object whose fields are checked one by one. */
export class Fields {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #name: string;

  constructor(value: unknown, name: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(`${name} is missing`);
    this.#value = value as Readonly<Record<string, unknown>>;
    this.#name = name;
  }

  has(key: string): boolean {
    return this.#value[key] !== undefined;
  }

  /** Text, or `undefined` when it is not there; the text layer turns some texts into numbers. */
  text(key: string): string | undefined {
    const value = this.#value[key];
    if (value === undefined) return undefined;
    if (typeof value !== 'string' && typeof value !== 'number') throw malformed(`${key} of ${this.#name}`);
    return String(value);
  }

  requiredText(key: string): string {
    const text = this.text(key);
    if (text === undefined) throw malformed(`${key} of ${this.#name} is missing`);
    return text;
  }

  /** A whole number from 0 to `max`. */
  number(key: string, max: number): number {
    const text = this.text(key) ?? '';
    const value = text === '' ? Number.NaN : Number(text);
    if (!Number.isInteger(value) || value < 0 || value > max) throw malformed(`${key} of ${this.#name}`);
    return value;
  }

  /** The elements of a list, none when it is not there; more than `max` is refused. */
  list(key: string, max: number): readonly Fields[] {
    const value = this.#value[key];
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw malformed(`${key} of ${this.#name}`);
    if (value.length > max) {
      throw new CodedError('sdp-too-large', `The session description has more than ${max} ${key} in ${this.#name}.`);
    }
    return value.map((element, i) => new Fields(element, `${key} ${i} of ${this.#name}`));
  }

  object(key: string): Fields | undefined {
    return this.#value[key] === undefined ? undefined : new Fields(this.#value[key], `${key} of ${this.#name}`);
  }
}
