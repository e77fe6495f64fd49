import type { Language } from './help.ts';
import { environmentName, flagName, settingNames, settings } from './settings.ts';

const heads: Readonly<Record<Language, string>> = {
  en: `<!-- Made by \`npm run docs:config\` from packages/runtime/src/config/settings.ts; do not edit. -->

# Settings

Every setting can be given as a flag (\`npx rivero --http-port 9000\`, \`npm start -- --http-port 9000\`), as an environment
variable (\`RIVERO_HTTP_PORT=9000\`) and in a JSON file (\`{"httpPort": 9000}\`). A flag is stronger than the environment,
the environment stronger than the file, the file stronger than the default.

The file is named by \`--config FILE\` or \`RIVERO_CONFIG\`; without that, \`rivero.json\` in the working folder is read when
it exists. Relative paths in the file start at the file's folder, others at the working folder. An empty environment
variable counts as not set. Unknown names are refused.

| Environment | Flag | In the file | Value | Default | What it is |
|---|---|---|---|---|---|
`,
  zh: `<!-- 由 \`npm run docs:config\` 根据 packages/runtime/src/config/settings.ts 生成，请勿手工修改。 -->

# 设置

每个设置都可以写在命令行（\`npx rivero --http-port 9000\`、\`npm start -- --http-port 9000\`）、环境变量
（\`RIVERO_HTTP_PORT=9000\`）或 JSON 文件（\`{"httpPort": 9000}\`）中。优先级从高到低：命令行、环境变量、文件、默认值。

文件由 \`--config FILE\` 或 \`RIVERO_CONFIG\` 指定；未指定时，如果当前文件夹中有 \`rivero.json\` 就读取它。文件中的相对路径
以文件所在的文件夹为起点，其余以当前文件夹为起点。空的环境变量视为未设置。未知的名称会被拒绝。

| 环境变量 | 命令行 | 文件中的键 | 取值 | 默认 | 说明 |
|---|---|---|---|---|---|
`,
};

/** docs/config.md (English) or docs/zh/config.md (Chinese), whole. */
export function formatConfigDocument(language: Language): string {
  const rows = settingNames.map((name) => {
    const { limit, defaultText, sentence } = settings[name];
    const cells = [
      `\`${environmentName(name)}\``,
      `\`${flagName(name)}\``,
      `\`${name}\``,
      limit[language],
      defaultText[language],
      sentence[language],
    ];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  });
  return heads[language] + rows.join('');
}
