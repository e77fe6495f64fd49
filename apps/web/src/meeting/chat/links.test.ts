import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { textParts } from './links.ts';

/** The links of a text, as `shown → opened`. */
function links(text: string): readonly string[] {
  return textParts(text).flatMap((part) => (part.type === 'link' ? [`${part.text} → ${part.href}`] : []));
}

describe('links in a text', () => {
  it.each([
    ['https://example.com', ['https://example.com → https://example.com/']],
    ['See http://a.example/b?c=d#e now', ['http://a.example/b?c=d#e → http://a.example/b?c=d#e']],
    ['HTTPS://EXAMPLE.com/A', ['HTTPS://EXAMPLE.com/A → https://example.com/A']],
    ['http://localhost:7000/meet/x', ['http://localhost:7000/meet/x → http://localhost:7000/meet/x']],
    ['http://[::1]:80/', ['http://[::1]:80/ → http://[::1]/']],
    [
      'one https://a.example two https://b.example',
      ['https://a.example → https://a.example/', 'https://b.example → https://b.example/'],
    ],
  ])('of %j are found', (text, expected) => {
    expect(links(text)).toEqual(expected);
  });

  it.each([
    ['See https://a.example/b.', 'https://a.example/b'],
    ['https://a.example/b, or', 'https://a.example/b'],
    ['Is it https://a.example/b?!', 'https://a.example/b'],
    ['(https://a.example/b)', 'https://a.example/b'],
    ['(see https://a.example/b).', 'https://a.example/b'],
    ['[https://a.example/b]', 'https://a.example/b'],
    ['https://a.example/Rivero_(river)', 'https://a.example/Rivero_(river)'],
    ['"https://a.example/b"', 'https://a.example/b'],
    ['**https://a.example/b**', 'https://a.example/b'],
    ['<https://a.example/b>', 'https://a.example/b'],
    ['https://a.example/b\nnext', 'https://a.example/b'],
  ])('of %j end before punctuation', (text, shown) => {
    expect(links(text)[0]?.split(' → ')[0]).toBe(shown);
  });

  it.each([
    ['请看https://a.example/b，谢谢', 'https://a.example/b'],
    ['请看https://a.example/b谢谢', 'https://a.example/b'],
    ['（https://a.example/b）', 'https://a.example/b'],
    ['地址：https://a.example/b。', 'https://a.example/b'],
    ['https://a.example谢谢', 'https://a.example'],
    ['请看https://a.example/文档，谢谢', 'https://a.example/文档'],
    ['https://a.example/文档/第1页#开始。', 'https://a.example/文档/第1页#开始'],
    ['https://a.example/?q=会议&p=2；', 'https://a.example/?q=会议&p=2'],
    ['（https://a.example/文档（一））', 'https://a.example/文档'],
    ['《https://a.example/文档》', 'https://a.example/文档'],
  ])('of %j are told from the Chinese beside them', (text, shown) => {
    expect(links(text)[0]?.split(' → ')[0]).toBe(shown);
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'file:///etc/passwd',
    'ftp://a.example',
    'mailto:a@a.example',
    'xhttps://a.example',
    'https://',
    'https://[',
    'https://bank.example@evil.example/',
    'https://user:secret@evil.example/',
    'www.a.example',
    'https://%',
  ])('are not made of %j', (text) => {
    expect(textParts(text)).toEqual([{ type: 'text', text }]);
  });

  it('do not take in letters of other scripts that look like Latin ones', () => {
    expect(links('https://bаnk.example')).toEqual(['https://b → https://b/']);
    expect(links('https://ban\u212A.example')).toEqual(['https://ban → https://ban/']);
    expect(links('https://a.example/文аb')).toEqual(['https://a.example/文 → https://a.example/%E6%96%87']);
  });

  it('hold markup as text', () => {
    expect(textParts('<b>x</b>')).toEqual([{ type: 'text', text: '<b>x</b>' }]);
    expect(links('https://a.example/"onmouseover="alert(1)')).toEqual(['https://a.example/ → https://a.example/']);
  });

  it('of any text join to that text again, and lead to http or https only', () => {
    const piece = fc.constantFrom(
      'https://',
      'http://a.example',
      '(',
      ')',
      '.',
      '@',
      ' ',
      '谢谢',
      '\n',
      '<b>',
      'javascript:',
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(fc.oneof(piece, fc.string()), { maxLength: 12 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const parts = textParts(text);
        expect(parts.map((part) => part.text).join('')).toBe(text);
        for (const part of parts) if (part.type === 'link') expect(part.href).toMatch(/^https?:\/\//);
      }),
    );
  });

  it('are found by the oldest browsers that the page promises to work in, which have no URL.parse', () => {
    const parse = vi.spyOn(URL, 'parse').mockImplementation(() => {
      throw new TypeError('URL.parse is not a function');
    });
    const parts = textParts('see https://a.example/b now');
    parse.mockRestore();
    expect(parts.map(({ text }) => text)).toEqual(['see ', 'https://a.example/b', ' now']);
  });
});
