/**
 * What stands behind an attribute's name in each of its lines: those of the session, then those of each section. For
 * attributes that the text layer reads otherwise than we do.
 */
export function readAttributeLines(text: string, name: string): readonly (readonly string[])[] {
  const start = `a=${name}:`;
  const found: string[][] = [[]];
  for (const line of text.split(/[\r\n]+/)) {
    if (line.startsWith('m=')) found.push([]);
    else if (line.startsWith(start)) found.at(-1)?.push(line.slice(start.length));
  }
  return found;
}
