/** A sentence in the two languages of the documents. */
export interface Text {
  readonly en: string;
  readonly zh: string;
}

/** What the defaults may depend on. */
export interface Surroundings {
  /** Processor cores that this process may use. */
  readonly cores: number;
}

/** One row of the table of settings. `Value` is what the program gets to see. */
export interface Setting<Value> {
  readonly default: (surroundings: Surroundings) => Value;
  readonly defaultText: Text;
  /** What a value must be; completes the sentence "it must be …". */
  readonly limit: Text;
  readonly sentence: Text;
  /** A refused value is not told back. */
  readonly isSecret?: boolean;
  /**
   * Reads a value as it was written: text from the environment and flags, text, number or boolean from the file.
   * Relative paths start at `folder`. Undefined: refused.
   */
  readonly parse: (written: WrittenValue, folder: string) => Value | undefined;
  /** What to say of some refused values instead of the limit; goes on after the name of the setting. */
  readonly objectTo?: (written: WrittenValue) => string | undefined;
}

export type WrittenValue = string | number | boolean;

/** The type of a setting's value. */
export type SettingValue<Row> = Row extends Setting<infer Value> ? Value : never;

/** A text that is the same in both languages. */
export function same(text: string): Text {
  return { en: text, zh: text };
}
