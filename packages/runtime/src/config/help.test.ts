import { describe, expect, it } from 'vitest';
import { formatConfigDocument, formatHelp } from './index.ts';
import { environmentName, flagName, settingNames } from './settings.ts';

describe.each(['en', 'zh'] as const)('in %s', (language) => {
  it('--help and the document name every setting, its flag and its variable', () => {
    for (const text of [formatHelp(language), formatConfigDocument(language)]) {
      for (const name of settingNames) {
        expect(text).toContain(flagName(name));
        expect(text).toContain(environmentName(name));
        expect(text).toContain(name);
      }
    }
  });

  it('--help fits a terminal of 120 columns', () => {
    for (const line of formatHelp(language).split('\n')) expect(line.length, line).toBeLessThanOrEqual(120);
  });
});
