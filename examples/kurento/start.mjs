/** Starts one example by its name. */
const names = ['hello-world', 'one-to-many', 'one-to-one'];
const [name] = process.argv.slice(2);

if (!names.includes(name)) {
  console.error(`Which example? / 请指定示例： npm run example -- ${names.join(' | ')}`);
  process.exit(1);
}
await import(`./${name}/server.mjs`);
