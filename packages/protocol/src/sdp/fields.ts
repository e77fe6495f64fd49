import { CodedError } from '@rivero/core';

/** A description that cannot be answered; `code` says why and has a row in docs/errors.md. */
export function malformed(what: string): CodedError {
  return new CodedError(
    'sdp-malformed',
    `The session description is malformed: ${what}. Send what the browser made, unchanged.`,
  );
}

/** The texts of a line or section by their names; lines in it are values of their own, those of one kind a list. */
export interface FieldValues {
  [name: string]: string | undefined | FieldValues | string[] | FieldValues[];
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

/** What was read of a line or section, which is checked field by field before anything believes it. */
export class Fields {
  readonly #values: FieldValues;
  readonly #place: FieldsPlace;

  constructor(values: FieldValues, place: FieldsPlace) {
    this.#values = values;
    this.#place = place;
  }

  has(key: string): boolean {
    return this.#values[key] !== undefined;
  }

  /** Text, or `undefined` when it is not there. */
  text(key: string): string | undefined {
    const value = this.#values[key];
    if (value === undefined || typeof value === 'string') return value;
    throw malformed(this.#nameOf(key));
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

  /** Lines that are read as they are, none when they are not there. */
  texts(key: string): readonly string[] {
    return this.#list(key).map((element) => {
      if (typeof element !== 'string') throw malformed(this.#nameOf(key));
      return element;
    });
  }

  /** The elements of a list, none when it is not there; more than `max` is refused. */
  list(key: string, max: number): readonly Fields[] {
    const list = this.#list(key);
    if (list.length > max) {
      const name = describe(this.#place);
      throw new CodedError('sdp-too-large', `The session description has more than ${max} ${key} in ${name}.`);
    }
    return list.map((element, index) => {
      if (typeof element === 'string') throw malformed(this.#nameOf(key));
      return new Fields(element, { name: key, index, parent: this.#place });
    });
  }

  object(key: string): Fields | undefined {
    const value = this.#values[key];
    if (value === undefined) return undefined;
    if (typeof value === 'string' || Array.isArray(value)) throw malformed(this.#nameOf(key));
    return new Fields(value, { name: key, parent: this.#place });
  }

  #list(key: string): readonly (string | FieldValues)[] {
    const value = this.#values[key];
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw malformed(this.#nameOf(key));
    return value;
  }

  #nameOf(key: string): string {
    return describe({ name: key, parent: this.#place });
  }
}
