import { describe, expect, it } from 'vitest';
import { generateIceCredentials } from './index.ts';
import { seeded } from './test/agents.ts';

describe('generateIceCredentials', () => {
  it('makes 8 and 24 characters that RFC 8839 section 5.4 allows, different each time', () => {
    const random = seeded(1);
    const made = Array.from({ length: 200 }, () => generateIceCredentials(random));
    for (const { ufrag, pwd } of made) {
      expect(ufrag).toMatch(/^[A-Za-z0-9+/]{8}$/);
      expect(pwd).toMatch(/^[A-Za-z0-9+/]{24}$/);
    }
    expect(new Set(made.map(({ ufrag }) => ufrag)).size).toBe(200);
    expect(new Set(made.map(({ pwd }) => pwd)).size).toBe(200);
  });
});
