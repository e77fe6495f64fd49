import { KurentoError } from '../kurento-error.ts';
import type { Arguments } from '../objects/arguments.ts';
import type { Operations } from '../objects/kurento-object.ts';
import { capitalized } from '../schema/former-names.ts';

/** Properties that are numbers, and the operations that get and set them. */
export interface NumberProperties<Name extends string> {
  readonly values: Readonly<Record<Name, number>>;
  readonly operations: Operations;
}

/** Negative ones are refused. `onSet` is waited for. */
export function numberProperties<Name extends string>(
  initial: Readonly<Record<Name, number>>,
  onSet: (name: string) => Promise<void> | void = () => {},
): NumberProperties<Name> {
  const values: Record<Name, number> = { ...initial };
  const operations: Record<string, Operations[string]> = {};
  for (const name in initial) {
    if (!Object.hasOwn(initial, name)) continue;
    operations[`get${capitalized(name)}`] = () => values[name];
    operations[`set${capitalized(name)}`] = async (args: Arguments) => {
      const value = args.number(name);
      if (value < 0) throw illegalParameter(`'${name}' parameter is negative`);
      values[name] = value;
      await onSet(name);
      return undefined;
    };
  }
  return { values, operations };
}

/** Refuses a value that a property or a constructor cannot take. */
export function illegalParameter(message: string): KurentoError {
  return new KurentoError('MEDIA_OBJECT_ILLEGAL_PARAM_ERROR', message);
}
