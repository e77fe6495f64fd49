import { environmentName, flagName, settingNames, settings } from './settings.ts';
import type { Text } from './setting.ts';

export type Language = keyof Text;

const head: Text = {
  en: `Usage: rivero [serve] [--name value ...]
       rivero bench [forward|join|broadcast|turn ...] [--json]

  serve      run everything (also without a command)
  bench      measure on this machine and print a table, or JSON; all benchmarks: rivero bench --help
  --help     show this
  --version  show the version

Settings. Strongest first: flag, environment variable, file, default.
A file is a JSON object with the names in brackets; ./rivero.json is read when it exists.

  --config FILE, RIVERO_CONFIG
      Read settings from this file.
`,
  zh: `用法：rivero [serve] [--名称 值 ...]
      rivero bench [forward|join|broadcast|turn ...] [--json]

  serve      启动全部服务（不写命令时也是如此）
  bench      在本机测量性能并打印表格或 JSON；全部测试项目见 rivero bench --help
  --help     显示本说明
  --version  显示版本

设置。优先级从高到低：命令行、环境变量、文件、默认值。
文件是一个 JSON 对象，键为括号中的名称；当前文件夹中有 rivero.json 时会自动读取。

  --config FILE, RIVERO_CONFIG
      从该文件读取设置。
`,
};

/** What `rivero --help` prints. */
export function formatHelp(language: Language): string {
  const [defaultWord, limitWord] = language === 'en' ? ['Default', 'Value'] : ['默认', '取值'];
  const rows = settingNames.map((name) => {
    const { sentence, limit, defaultText } = settings[name];
    return [
      `  ${flagName(name)}, ${environmentName(name)} [${name}]`,
      `      ${sentence[language]}`,
      `      ${limitWord}: ${limit[language]}. ${defaultWord}: ${defaultText[language]}.`,
    ].join('\n');
  });
  return `${head[language]}${rows.map((row) => `\n${row}\n`).join('')}`;
}
