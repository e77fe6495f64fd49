import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
/** Where Node keeps what it compiled: that is half of a start. */
const compiled = fileURLToPath(new URL('../../../node_modules/.cache/rivero/compiled', import.meta.url));
let folder = '';
const started: RunningProgram[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rivero-program-'));
});

afterEach(async () => {
  for (const { child } of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await rm(folder, { recursive: true });
});

interface Given {
  readonly words?: readonly string[];
  readonly settings?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The real program in a process of its own, on free ports unless the test says otherwise. */
class RunningProgram {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';

  constructor({ words = [], settings = {}, environment = {} }: Given) {
    const all = {
      HTTP_PORT: '0',
      HTTPS_PORT: '0',
      KURENTO_PORT: '0',
      TURN_PORT: '0',
      TURN_TLS_PORT: '0',
      MEDIA_PORT: '0',
      MEDIA_WORKERS: '1',
      ...settings,
    };
    const variables = Object.entries(all).map(([name, value]) => [`RIVERO_${name}`, value]);
    this.child = spawn(process.execPath, [main, ...words], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        NODE_COMPILE_CACHE: compiled,
        ...environment,
        ...Object.fromEntries(variables),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (chunk) => (this.stdout += String(chunk)));
    this.child.stderr?.on('data', (chunk) => (this.stderr += String(chunk)));
    started.push(this);
  }

  /** Waits for it to end by itself. */
  async end(): Promise<number | null> {
    const [code] = await once(this.child, 'close');
    return code;
  }

  /** Waits until it has printed its addresses; answers with the http one. */
  async url(): Promise<string> {
    for (;;) {
      const [, url] = /(http:\/\/localhost:\d+)\n/.exec(this.stdout) ?? [];
      if (url !== undefined) return url;
      if (this.child.exitCode !== null || this.child.signalCode !== null) throw new Error(`it ended: ${this.stderr}`);
      await Promise.race([once(this.child.stdout ?? this.child, 'data'), once(this.child, 'exit')]);
    }
  }
}

async function takeTcpPort(): Promise<{ readonly port: number; readonly close: () => void }> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, close: () => server.close() };
}

async function takeUdpPort(): Promise<{ readonly port: number; readonly close: () => void }> {
  const socket = createSocket('udp4').bind(0);
  await once(socket, 'listening');
  return { port: socket.address().port, close: () => socket.close() };
}

describe('rivero', () => {
  it('prints its addresses in English and Chinese, serves, and ends with 0 within 5 s of SIGTERM', async () => {
    const program = new RunningProgram({});
    const url = await program.url();
    expect(program.stdout).toContain('Rivero is running. / Rivero 已启动。');
    const health = await fetch(`${url}/healthz`);
    expect(health.headers.get('content-type')).toContain('application/json');
    expect(health.status).toBe(200);
    expect(await health.json()).toEqual({
      status: 'ok',
      version: expect.any(String),
      uptime: expect.any(Number),
      mediaWorkers: 1,
      httpsPort: expect.any(Number),
    });
    expect((await fetch(`${url}/meet/room`)).headers.get('content-type')).toContain('text/html');
    const start = performance.now();
    program.child.kill('SIGTERM');
    expect(await program.end()).toBe(0);
    expect(performance.now() - start).toBeLessThan(5000);
    const lines = program.stderr.trim().split('\n');
    const entries: readonly unknown[] = lines.map((line): unknown => JSON.parse(line));
    for (const entry of entries) expect(entry).toHaveProperty('module');
    expect(entries).toContainEqual(expect.objectContaining({ msg: 'started', pid: program.child.pid }));
  });

  it('says why packets are handled in TypeScript where the native datapath cannot be loaded', async () => {
    const elsewhere = "Object.defineProperty(process, 'arch', { value: 'riscv64' })";
    const environment = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(elsewhere)}` };
    const program = new RunningProgram({ environment });
    await program.url();
    await expect.poll(() => program.stderr).toContain('"msg":"started"');
    const twin = '"datapath":"twin","twinReason":"there is none for linux-riscv64"';
    expect(program.stderr).toContain(twin);
    const refused = new RunningProgram({ environment, settings: { DATAPATH: 'native' } });
    expect(await refused.end()).toBe(1);
    expect(refused.stderr).toBe(
      'rivero: The native datapath is not there (there is none for linux-riscv64); npm run build:native makes it, RIVERO_DATAPATH=auto goes on without. (datapath-absent)\n',
    );
  });

  it('tells this machine the metrics that docs/metrics.md lists, and no others', async () => {
    const program = new RunningProgram({});
    const url = await program.url();
    const text = await (await fetch(`${url}/metrics`)).text();
    const told = [...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].map(([, name, type]) => `${name} ${type}`);
    const document = await readFile(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
    const listed = [...document.matchAll(/^\| `(\w+)` \| (\w+) \|/gm)].map(([, name, type]) => `${name} ${type}`);
    expect(told.length).toBeGreaterThan(20);
    expect(told.toSorted()).toEqual(listed.toSorted());
    for (const line of text.split('\n').filter((each) => each !== '' && !each.startsWith('#'))) {
      expect(line).toMatch(/^\w+(\{[^}]+\})? [\d.e+-]+$/);
    }
  });

  it('opens the Kurento API with TLS, too, and says where', async () => {
    const program = new RunningProgram({ settings: { KURENTO_TLS_PORT: '0' } });
    await program.url();
    expect(program.stdout).toMatch(
      /Kurento API: +ws:\/\/localhost:\d+\/kurento\n +Kurento API: +wss:\/\/localhost:\d+\/kurento\n/,
    );
  });

  it('lets nobody use the Kurento API but those whom RIVERO_KURENTO_ALLOW names', async () => {
    const opens = async (allow: string): Promise<boolean> => {
      const program = new RunningProgram({ settings: { KURENTO_ALLOW: allow } });
      await program.url();
      const [url = ''] = /ws:\/\/localhost:\d+\/kurento/.exec(program.stdout) ?? [];
      const socket = new WebSocket(url);
      const first = await Promise.race([once(socket, 'open'), once(socket, 'error')]);
      socket.close();
      return first[0].type === 'open';
    };
    expect(await Promise.all(['10.0.0.0/8', '10.0.0.0/8,127.0.0.0/8,::1'].map(opens))).toEqual([false, true]);
  });

  it('goes on without the Kurento API when its port is taken, and says what to do', async () => {
    const { port, close } = await takeTcpPort();
    const program = new RunningProgram({ settings: { KURENTO_PORT: String(port) } });
    const url = await program.url();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const problem = `Port ${port} is taken by another program; set RIVERO_KURENTO_PORT to another port.`;
    expect(program.stdout).toContain(problem);
    expect(program.stderr).toContain(problem);
    close();
  });

  it('opens the TURN server and says where', async () => {
    const program = new RunningProgram({ settings: { TURN_HOST: '127.0.0.1' } });
    await program.url();
    expect(program.stdout).toMatch(/STUN, TURN: +turn:127\.0\.0\.1:\d+\n +STUN, TURN: +turns:127\.0\.0\.1:\d+\n/);
    const secret = (await readFile(path.join(folder, '.rivero', 'turn-secret'), 'utf8')).trim();
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(program.stdout + program.stderr).not.toContain(secret);
  });

  it('writes no credentials, however much is logged', async () => {
    const password = 'the-password-of-ann';
    const token = 'the-token-of-kurento';
    const settings = { LOG: 'trace', TURN_USERS: `ann:${password}`, KURENTO_TOKEN: token };
    const program = new RunningProgram({ settings });
    const url = await program.url();
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws/p2p?token=${token}`);
    socket.addEventListener('open', () => socket.send('{"cmd":"ice-servers"}'));
    const [{ data }] = await once(socket, 'message');
    const [, credential = ''] = /"credential":"([^"]+)"/.exec(String(data)) ?? [];
    const [, kurento = ''] = /ws:\/\/(localhost:\d+\/kurento)/.exec(program.stdout) ?? [];
    for (const asked of [`${url}/?token=${token}`, `http://${kurento}?token=${token}`]) await fetch(asked);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    socket.close();
    program.child.kill('SIGTERM');
    await program.end();
    const secret = await readFile(path.join(folder, '.rivero', 'turn-secret'), 'utf8');
    const told = program.stdout + program.stderr + metrics;
    expect(told).toContain('"path":"/"');
    expect(credential).toMatch(/^.{27}=$/);
    for (const hidden of [password, token, secret.trim(), credential]) expect(told).not.toContain(hidden);
  });

  it('goes on without the TURN server when its port is taken, and says what to do', async () => {
    const { port, close } = await takeTcpPort();
    const program = new RunningProgram({ settings: { TURN_PORT: String(port) } });
    const url = await program.url();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    for (const text of [program.stdout, program.stderr]) expect(text).toMatch(/\(EADDRINUSE\); set RIVERO_TURN_PORT/);
    close();
  });

  it('goes on without the TURN server when it is to relay from an address of another machine', async () => {
    const program = new RunningProgram({ settings: { TURN_RELAY_ADDRESS: '198.51.100.1' } });
    const url = await program.url();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const line = '198.51.100.1 is no address of this machine; set RIVERO_TURN_RELAY_ADDRESS to one that is';
    for (const text of [program.stdout, program.stderr]) expect(text).toContain(line);
  });

  it('takes the second SIGINT of one Ctrl-C for the same, and ends cleanly', async () => {
    const program = new RunningProgram({});
    await program.url();
    program.child.kill('SIGINT');
    program.child.kill('SIGINT');
    expect(await program.end()).toBe(0);
    expect(program.stderr).toContain('"msg":"stopped"');
  });

  it('says "starting" while it starts, and ends cleanly when the signal comes then', async () => {
    const { port, close } = await takeTcpPort();
    close();
    const program = new RunningProgram({ settings: { HTTP_PORT: String(port), MEDIA_WORKERS: '4' } });
    const ended = program.end();
    let status: unknown;
    while (status === undefined && program.child.exitCode === null) {
      status = await fetch(`http://127.0.0.1:${port}/healthz`).then(
        async (response) => ((await response.json()) as { readonly status: unknown }).status,
        () => undefined,
      );
    }
    expect(status).toBeOneOf(['starting', 'ok']);
    program.child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('goes on when nobody reads what it prints any more', async () => {
    const program = new RunningProgram({ settings: { LOG: 'debug' } });
    const url = await program.url();
    program.child.stdout?.destroy();
    program.child.stderr?.destroy();
    for (let i = 0; i < 3; i++) await (await fetch(`${url}/healthz`)).text();
    program.child.kill('SIGTERM');
    const [code] = await once(program.child, 'exit');
    expect(code).toBe(0);
  });

  it('keeps its certificate from one start to the next', async () => {
    const texts: string[] = [];
    for (let i = 0; i < 2; i++) {
      const program = new RunningProgram({});
      await program.url();
      program.child.kill('SIGTERM');
      await program.end();
      texts.push(await readFile(`${folder}/.rivero/tls/self-made.pem`, 'utf8'));
    }
    expect(texts[0]).toBe(texts[1]);
  });

  it.each([
    { words: ['--help'], text: /^Usage: rivero/ },
    { words: ['-h'], environment: { LANG: 'zh_CN.UTF-8' }, text: /^用法：rivero/ },
    { words: ['--version'], text: /^\d+\.\d+\.\d+\n$/ },
  ])('answers $words and ends with 0', async ({ words, environment = {}, text }) => {
    const program = new RunningProgram({ words, environment });
    expect(await program.end()).toBe(0);
    expect(program.stdout).toMatch(text);
    expect(program.stderr).toBe('');
  });
});

describe('a start that cannot be', () => {
  async function expectLine(given: Given, line: string): Promise<void> {
    const program = new RunningProgram(given);
    expect(await program.end()).toBe(1);
    expect(program.stderr).toBe(`rivero: ${line}\n`);
    expect(program.stdout).toBe('');
  }

  it.each([
    {
      given: { settings: { HTTP_PORT: 'http' } },
      line: 'RIVERO_HTTP_PORT is "http"; it must be a whole number from 0 to 65535, or off. (config-bad-value)',
    },
    {
      given: { words: ['--media-udb', 'on'] },
      line: 'There is no flag --media-udb. Did you mean --media-udp? (config-unknown-setting)',
    },
    {
      given: { settings: { TURN_URLS: 'stun:a.example,turn:a.example' } },
      line: 'RIVERO_TURN_URLS names TURN servers, and RIVERO_TURN_SECRET is not set; set it to their static-auth-secret. (config-conflict)',
    },
    { given: { words: ['sevre'] }, line: 'There is no command "sevre". Did you mean serve? (command-unknown)' },
    {
      given: { settings: { TLS_CERT: '/absent/cert.pem', TLS_KEY: '/absent/key.pem' } },
      line: 'RIVERO_TLS_CERT names /absent/cert.pem, which cannot be read (ENOENT); set it to another file. (tls-file-unreadable)',
    },
    {
      given: { settings: { HTTP_HOST: '198.51.100.1' } },
      line: '198.51.100.1 is no address of this machine; set RIVERO_HTTP_HOST to one that is, or leave it out. (host-unknown)',
    },
  ])('says $line', async ({ given, line }) => {
    await expectLine(given, line);
  });

  it('says which data folder cannot be written', async () => {
    await writeFile(path.join(folder, 'file'), '');
    const dataDir = path.join(folder, 'file', 'data');
    await expectLine(
      { settings: { DATA_DIR: dataDir } },
      `The data folder ${dataDir} cannot be read or written (ENOTDIR); change its rights, or set RIVERO_DATA_DIR to another folder. (data-dir-unwritable)`,
    );
  });

  it('says which folder keeps the certificate and cannot be written', async () => {
    const dataDir = path.join(folder, 'data');
    await mkdir(dataDir);
    await writeFile(path.join(dataDir, 'tls'), '');
    await expectLine(
      { settings: { DATA_DIR: dataDir } },
      `The folder ${dataDir}/tls cannot be read or written (EEXIST); change its rights, or set RIVERO_DATA_DIR to another folder. (data-dir-unwritable)`,
    );
  });

  it('says what is wrong with the file', async () => {
    const file = path.join(folder, 'rivero.json');
    await writeFile(file, '{"mediaUpd": true}');
    await expectLine(
      {},
      `There is no setting "mediaUpd" (in ${file}). Did you mean mediaUdp? (config-unknown-setting)`,
    );
  });

  it.each(['udp', 'tcp'])('says that a media port is taken on %s', async (protocol) => {
    const { port, close } = await (protocol === 'udp' ? takeUdpPort() : takeTcpPort());
    const program = new RunningProgram({ settings: { MEDIA_PORT: String(port) } });
    expect(await program.end()).toBe(1);
    expect(program.stderr).toMatch(
      new RegExp(
        `^rivero: ${protocol.toUpperCase()} port ${port} on \\S+ is taken; set RIVERO_MEDIA_PORT to .+ \\(media-port-taken\\)\n$`,
      ),
    );
    close();
  });

  it.each(['HTTP_PORT', 'HTTPS_PORT'])('says that the port of RIVERO_%s is taken', async (name) => {
    const { port, close } = await takeTcpPort();
    await expectLine(
      { settings: { [name]: String(port) } },
      `Port ${port} is taken by another program; set RIVERO_${name} to another port. (port-taken)`,
    );
    close();
  });
});
