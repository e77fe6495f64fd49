/** The page for when apps/web has not been built. */
export const notBuiltPage = page(
  'The web app is not built',
  'Run <code>npm run build:web</code> and start again.',
  '网页尚未构建：请运行 <code>npm run build:web</code>，然后重新启动。',
);

export const notFoundPage = page(
  'There is no such page',
  '<a href="/">Go to the start page</a>',
  '没有这个页面。<a href="/">返回首页</a>',
);

function page(title: string, english: string, chinese: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title} · Rivero</title>
<body style="font-family: system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<h1>${title}</h1>
<p>${english}</p>
<p lang="zh-CN">${chinese}</p>
</body>
</html>
`;
}
