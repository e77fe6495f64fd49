import { logModuleNames } from './log-levels.ts';
import { iceUrls } from './ice-urls.ts';
import {
  addressOfEachFamily,
  bindAddress,
  folder,
  hostNames,
  logLevels,
  networks,
  networksOrOff,
  oneOf,
  onOff,
  optionalAddress,
  optionalFile,
  optionalSecret,
  origins,
  port,
  portOrOff,
  portRange,
  realm,
  sharedSecret,
  users,
  wholeNumber,
} from './setting-kinds.ts';
import type { Setting, SettingValue, Surroundings } from './setting.ts';

/** Media workers that one program runs at most. */
export const mediaWorkersMax = 64;

/**
 * Participants that a room may be set to hold at most: with camera and microphone each, and a dozen screens, a browser's
 * offer has just the length that is read.
 */
export const roomCapacityMax = 32;

/** As many peers and endpoints as a room can have. */
export const roomSessionsPerWorkerMax = 6_000;

/** Sockets that one address may be set to open at most. */
export const socketsPerAddressMax = 100_000;

/**
 * Every setting of Rivero. The types, the checks, `--help`, the names of environment variables and flags and
 * docs/config.md are made from this table and nothing else.
 */
export const settings = {
  httpPort: portOrOff(8080, {
    en: 'Port of the http server; 0 takes any free port. Browsers give a camera to plain http on localhost only.',
    zh: 'http 服务器的端口；0 表示任意空闲端口。浏览器只允许 localhost 的 http 页面使用摄像头。',
  }),
  httpsPort: portOrOff(8443, {
    en: 'Port of the https server, for other devices; 0 takes any free port.',
    zh: 'https 服务器的端口，供其他设备访问；0 表示任意空闲端口。',
  }),
  httpHost: bindAddress('every', {
    en: 'Address on which the http and https servers listen.',
    zh: 'http 和 https 服务器监听的地址。',
  }),
  tlsCert: optionalFile({
    en: 'Certificate chain of the https server (PEM). Not set: one is made and kept in the data folder.',
    zh: 'https 服务器的证书链（PEM）。未设置时自动生成证书并保存在数据文件夹中。',
  }),
  tlsKey: optionalFile({
    en: 'Private key that belongs to the certificate (PEM).',
    zh: '与证书对应的私钥（PEM）。',
  }),
  mediaPort: port(40_000, {
    en: 'First of the media ports, UDP and TCP, one per media worker counting up; 0 takes any free ports.',
    zh: '媒体端口（UDP 和 TCP）的第一个，每个媒体线程一个，依次递增；0 表示任意空闲端口。',
  }),
  mediaWorkers: {
    ...wholeNumber({
      min: 1,
      max: mediaWorkersMax,
      standard: 1,
      sentence: {
        en: 'Threads that carry media. A small room lives in one of them, a big one in several.',
        zh: '传输媒体的线程数。小房间只在其中一个线程里，大房间可以分布在多个线程中。',
      },
    }),
    default: ({ cores }: Surroundings) => Math.min(Math.max(cores - 1, 1), mediaWorkersMax),
    defaultText: { en: 'cores less one, at least 1', zh: 'CPU 核数减一，至少为 1' },
  },
  roomSessionsPerWorker: wholeNumber({
    min: 1,
    max: roomSessionsPerWorkerMax,
    standard: 150,
    sentence: {
      en: 'Participants and endpoints of one room in a media worker before the next one has some; fewer where it is busy.',
      zh: '一个房间在一个媒体线程中的参会者和端点达到这个数后，会扩展到下一个线程；线程繁忙时会更早扩展。',
    },
  }),
  mediaUdp: onOff(true, {
    en: 'Whether media goes over UDP.',
    zh: '是否通过 UDP 传输媒体。',
  }),
  mediaTcp: onOff(true, {
    en: 'Whether media may go over TCP, for networks that let no UDP through.',
    zh: '是否允许通过 TCP 传输媒体，用于不放行 UDP 的网络。',
  }),
  datapath: oneOf(['auto', 'native', 'twin'], 'auto', {
    en: 'What handles media packets and TURN’s UDP: C++ (native), TypeScript (twin), or C++ where it is built.',
    zh: '处理媒体数据包和 TURN 的 UDP 套接字的实现：native 为 C++ 实现，twin 为 TypeScript 实现，auto 表示编译好 C++ 实现时使用它。',
  }),
  externalIpv4: optionalAddress('IPv4', {
    en: 'Address under which the media ports are reached from outside, when this machine is behind a NAT.',
    zh: '本机位于 NAT 之后时，外部访问媒体端口所用的 IPv4 地址。',
  }),
  externalIpv6: optionalAddress('IPv6', {
    en: 'The same for IPv6.',
    zh: '同上，用于 IPv6。',
  }),
  dataDir: folder('.rivero', {
    en: 'Folder for what is kept: the self-made certificate, later the database and recordings.',
    zh: '保存数据的文件夹：自动生成的证书，以及以后的数据库和录像。',
  }),
  roomCapacity: wholeNumber({
    min: 1,
    max: roomCapacityMax,
    standard: 25,
    sentence: { en: 'Participants that one room holds at most.', zh: '一个房间最多容纳的人数。' },
  }),
  socketsPerAddress: wholeNumber({
    min: 1,
    max: socketsPerAddressMax,
    standard: 64,
    sentence: {
      en: 'Sockets from one address, or from one IPv6 /64; loopback and private networks have no limit.',
      zh: '同一地址（IPv6 为同一 /64）的连接数上限；本机和内网地址不受限制。',
    },
  }),
  trustProxy: onOff(false, {
    en: 'Whether a proxy such as nginx stands in front, whose X-Forwarded-For and X-Forwarded-Host are believed.',
    zh: '前面是否有 nginx 等反向代理；开启后信任其 X-Forwarded-For 和 X-Forwarded-Host。',
  }),
  publicHosts: hostNames({
    en: 'Names under which browsers reach this server, besides localhost, its own name and its addresses.',
    zh: '浏览器访问本服务器所用的域名；localhost、本机名和 IP 地址总是允许。',
  }),
  signalingOrigins: origins({
    en: 'Web pages of other servers that may use the protocols of existing clients (/ws/p2p, /ws/group), by origin.',
    zh: '允许使用现有客户端协议（/ws/p2p、/ws/group）的其他服务器上的网页来源。',
  }),
  metricsAllow: networksOrOff({
    en: 'Addresses that may read the metrics (/metrics).',
    zh: '允许读取监控指标（/metrics）的地址。',
  }),
  kurentoPort: portOrOff(8888, {
    en: 'Port of the Kurento API (ws://…/kurento); 0 takes any free port.',
    zh: 'Kurento API 的端口（ws://…/kurento）；0 表示任意空闲端口。',
  }),
  kurentoTlsPort: portOrOff('off', {
    en: 'Port of the Kurento API over TLS, with the certificate of the https server; Kurento uses 8433.',
    zh: 'Kurento API 的 TLS 端口（wss://…/kurento），使用 https 服务器的证书；Kurento 通常用 8433。',
  }),
  kurentoHost: bindAddress('localhost', {
    en: 'Address on which the Kurento API listens. Who reaches it owns the media server: set a token before others do.',
    zh: 'Kurento API 监听的地址。能访问它就能控制媒体服务器：对外开放前请先设置令牌。',
  }),
  kurentoAllow: networks('any', {
    en: 'Addresses that may use the Kurento API.',
    zh: '允许使用 Kurento API 的地址。',
  }),
  kurentoToken: optionalSecret({
    en: 'What clients of the Kurento API must show: ?token=… in the address, or Authorization: Bearer ….',
    zh: '使用 Kurento API 必须出示的令牌：地址中的 ?token=… 或请求头 Authorization: Bearer …。',
  }),
  kurentoOrigins: origins({
    en: 'Web pages that may use the Kurento API from a browser, by their origin. Not set: only with the token.',
    zh: '允许在浏览器中直接使用 Kurento API 的网页来源。未设置时只有持令牌的网页可以。',
  }),
  rtpPorts: portRange('20000-20999', {
    en: 'UDP ports for plain RTP and SRTP (RtpEndpoint), two for each stream.',
    zh: '普通 RTP 和 SRTP（RtpEndpoint）使用的 UDP 端口，每路流两个。',
  }),
  dtlsRsaPem: optionalFile({
    en: 'DTLS certificate with its RSA key in one PEM file, for the Kurento API. Not set: one is made at each start.',
    zh: 'Kurento API 使用的 RSA DTLS 证书和私钥，放在同一个 PEM 文件中。未设置时每次启动自动生成。',
  }),
  dtlsEcdsaPem: optionalFile({
    en: 'The same with an ECDSA key (P-256).',
    zh: '同上，使用 ECDSA 密钥（P-256）。',
  }),
  turnPort: portOrOff(3478, {
    en: 'Port of the STUN and TURN server, UDP and TCP; 0 takes any free port.',
    zh: 'STUN 和 TURN 服务器的端口（UDP 和 TCP）；0 表示任意空闲端口。',
  }),
  turnTlsPort: portOrOff(5349, {
    en: 'Port of the TURN server over TLS, with the certificate of the https server.',
    zh: 'TURN 服务器的 TLS 端口，使用 https 服务器的证书。',
  }),
  turnHost: bindAddress('every', {
    en: 'Address on which the TURN server listens.',
    zh: 'TURN 服务器监听的地址。',
  }),
  turnRealm: realm('rivero', {
    en: 'Realm of the TURN server; passwords of users belong to it.',
    zh: 'TURN 服务器的 realm（域）；用户密码与它对应。',
  }),
  turnUsers: users({
    en: 'Users of the TURN server besides those of the web pages, for clients that keep a password.',
    zh: '除网页用户以外的 TURN 用户，供保存固定密码的客户端使用。',
  }),
  turnSecret: sharedSecret({
    en: 'Secret of time-limited credentials (coturn: static-auth-secret). Not set: one is made and kept in the data folder.',
    zh: '用来生成限时 TURN 凭据的密钥，即 coturn 的 static-auth-secret。未设置时自动生成并保存在数据文件夹中。',
  }),
  turnUrls: iceUrls({
    en: 'STUN and TURN servers that clients use instead of our own, which is not opened then. RIVERO_TURN_SECRET is theirs.',
    zh: '客户端改用的外部 STUN 和 TURN 服务器（如 coturn），此时不启动自带的服务器；RIVERO_TURN_SECRET 须与其一致。',
  }),
  turnRelayPorts: portRange('61000-65535', {
    en: 'Ports of relayed addresses, UDP and TCP, one for each client that is relayed.',
    zh: '中继地址使用的端口（UDP 和 TCP），每个被中继的客户端一个。',
  }),
  turnRelayAddress: addressOfEachFamily({
    en: 'Addresses of this machine for relays; where RIVERO_EXTERNAL_IPV4 or _IPV6 is set, peers see that instead.',
    zh: '本机用于中继的地址；设置了 RIVERO_EXTERNAL_IPV4 或 _IPV6 时对外公布后者。',
  }),
  turnAllowPeers: networks('none', {
    en: 'Addresses to which TURN clients may be relayed although they are private, or in a network of this machine.',
    zh: '允许 TURN 客户端中继到的内网地址，以及本机所在网段中的地址。',
  }),
  turnAllocations: wholeNumber({
    min: 1,
    max: 60_000,
    standard: 4_000,
    sentence: { en: 'Relayed addresses of all TURN clients at most.', zh: '所有 TURN 客户端的中继地址数上限。' },
  }),
  turnAllocationsPerUser: wholeNumber({
    min: 1,
    max: 60_000,
    standard: 64,
    sentence: { en: 'The same for one user.', zh: '同上，每个用户的上限。' },
  }),
  turnBandwidth: wholeNumber({
    min: 0,
    max: 10_000_000,
    standard: 30_000,
    sentence: {
      en: 'Kilobits per second that one user may have relayed, both directions together; 0: no limit.',
      zh: '每个用户的中继带宽上限（千比特/秒，双向合计）；0 表示不限。',
    },
  }),
  turnTcpRelays: oneOf(['users', 'all', 'off'], 'users', {
    en: 'Who may have TCP connections relayed: users of RIVERO_TURN_USERS, all who have credentials, or nobody.',
    zh: '谁可以中继 TCP 连接：users 为 RIVERO_TURN_USERS 中的用户，all 为所有持有凭据者，off 为任何人都不可以。',
  }),
  log: logLevels('info', {
    en: `How much is logged, also by module (${logModuleNames.join(', ')}): info,engine=debug.`,
    zh: `日志级别，也可按模块（${logModuleNames.join('、')}）设置：info,engine=debug。`,
  }),
} as const satisfies Readonly<Record<string, Setting<unknown>>>;

type Settings = typeof settings;

export type SettingName = keyof Settings;

/** All settings with their values, frozen. */
export type Config = { readonly [Name in SettingName]: SettingValue<Settings[Name]> };

export const settingNames = Object.keys(settings) as readonly SettingName[];

/** `httpPort` → `RIVERO_HTTP_PORT`. */
export function environmentName(name: SettingName | 'config'): string {
  return `RIVERO_${words(name).join('_').toUpperCase()}`;
}

/** `httpPort` → `--http-port`. */
export function flagName(name: SettingName | 'config'): string {
  return `--${words(name).join('-')}`;
}

function words(name: string): readonly string[] {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).split(' ');
}
