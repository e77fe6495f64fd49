import type { Metric } from '@rivero/core';

const head = `<!-- Made by \`npm run docs:config\` from the tables of metrics in the sources; do not edit. -->

# Metrics

\`GET /metrics\` of the web servers tells them in the [text format of Prometheus](https://prometheus.io/docs/instrumenting/exposition_formats/):

\`\`\`yaml
scrape_configs:
  - job_name: rivero
    static_configs:
      - targets: ['localhost:8080']
\`\`\`

They tell how the server is used, so by default only programs on this machine may read them, by its loopback addresses.
\`RIVERO_METRICS_ALLOW=10.0.0.0/8,127.0.0.1\` names other addresses; it replaces the default. \`off\` lets nobody.
Who may not is told so with [a code](errors.md#http). No user, room or address stands in them.

The server must be asked for by localhost, its own name, an address or one of \`RIVERO_PUBLIC_HOSTS\`, as a web page can give
itself another name that leads here. Behind a proxy set \`RIVERO_TRUST_PROXY\`: then the client's address counts, and the
proxy's own must be loopback or named, too. Without it what a proxy forwards is refused where the proxy says that it is one
(\`X-Forwarded-For\`, \`Forwarded\`, \`Via\`); one that does not say so looks like a program on this machine, so let it keep \`/metrics\` to
itself.

| Name | Type | Labels | What it is |
|---|---|---|---|
`;

/** docs/metrics.md, whole. */
export function formatMetricsDocument(metrics: readonly Metric<never>[]): string {
  const rows = metrics.map(({ name, type, labels = [], help }) => {
    const cells = [`\`${name}\``, type, labels.map((label) => `\`${label}\``).join(', '), help];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  });
  return head + rows.join('');
}
