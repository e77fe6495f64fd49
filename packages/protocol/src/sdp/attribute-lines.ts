/** What stands behind each attribute's name in its lines, in their order. */
export type AttributeLines<Name extends string> = Readonly<Record<Name, readonly string[]>>;

/**
 * The lines of these attributes: those of the session, then those of each section. For attributes that the text layer reads otherwise
 * than we do.
 */
export function readAttributeLines<Name extends string>(
  text: string,
  names: readonly Name[],
): readonly AttributeLines<Name>[] {
  const none = (): Record<Name, string[]> =>
    Object.fromEntries(names.map((name): [Name, string[]] => [name, []])) as Record<Name, string[]>;
  const found = [none()];
  for (const line of text.split(/[\r\n]+/)) {
    if (line.startsWith('m=')) {
      found.push(none());
    } else if (line.startsWith('a=')) {
      const name = names.find((one) => line.startsWith(one, 2) && line[2 + one.length] === ':');
      if (name !== undefined) found[found.length - 1][name].push(line.slice(3 + name.length));
    }
  }
  return found;
}
