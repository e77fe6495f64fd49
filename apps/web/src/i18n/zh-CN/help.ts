import type { en } from '../en/index.ts';

export const help: (typeof en)['help'] = {
  steps: '怎么办',
  retry: '重试',
  dismiss: '不再显示',
  openSecure: '打开 {address}',
};

export const device: (typeof en)['device'] = {
  camera: '摄像头',
  microphone: '麦克风',
  both: '摄像头和麦克风',
  either: '摄像头或麦克风',
  denied: '本页面没有使用{device}的权限。',
  dismissed: '浏览器询问能否使用{device}，但没有得到回答。',
  deniedBySystem: '系统不允许浏览器使用{device}。',
  missing: '没有找到{device}。',
  busy: '{device}正被其他程序使用。',
  unsuitable: '{device}不支持所要求的设置。',
  insecure: '用 http 打开的页面，浏览器不允许使用{device}。',
  unsupported: '这个浏览器不让网页使用{device}。',
  lost: '{device}已被拔掉或被占用。',
  failed: '无法打开{device}。',
};

export const step: (typeof en)['step'] = {
  again: '回到这里，点击“重试”。',
  byItself: '本页面会自动识别；如果没有，请点击“重试”。',
  answer: '点击“重试”，浏览器询问时选择“允许”。',
  chromiumSign: '点击地址栏最左边的图标。',
  chromiumAllow: '打开摄像头和麦克风旁的开关。',
  firefoxSign: '点击地址旁带斜线的摄像头或麦克风图标，或小锁图标。',
  firefoxAllow: '点击“已阻止”旁的叉号，取消阻止。',
  safariSettings: '在 Safari 菜单中选择“此网站的设置”。',
  safariAllow: '把摄像头和麦克风设为“允许”。',
  phoneSign: '点击地址旁的图标，再点“权限”。',
  phoneAllow: '允许使用摄像头和麦克风。',
  safariPhoneSign: '点击地址旁的图标，再点“网站设置”。',
  iosApp: '打开系统“设置”，在 App 列表中找到你的浏览器，打开摄像头和麦克风。',
  windows: '打开“设置 › 隐私和安全性 › 相机”，再看“麦克风”，允许应用（包括桌面应用）使用。',
  macos: '打开“系统设置 › 隐私与安全性 › 摄像头”，再看“麦克风”，勾选你的浏览器，然后重启浏览器。',
  android: '打开“设置 › 应用”，找到你的浏览器，在“权限”中允许相机和麦克风。',
  system: '在系统的隐私设置中允许；用 Snap 或 Flatpak 安装的浏览器还有自己的权限设置。',
  plugIn: '插上设备，会自动识别。',
  turnOn: '然后在下方工具栏中打开它。',
  switchOn: '如果是内置的，请看有没有关闭它的按键或滑块。',
  closeOthers: '关闭正在使用它的其他程序和标签页，例如另一个会议。',
  chooseOther: '也可以在下面换一个。',
  restart: '如果还不行，请拔下重插，或重启电脑。',
  ask: '请向服务器管理员询问 https 地址。',
  warning: '浏览器可能提示证书不受信任：点击“高级”，再选择继续访问。',
  update: '请更新浏览器，或用新版的 Chrome、Edge、Firefox、Safari 打开这个地址。',
  ownApp: '如果本页面是在其他应用里打开的，请改用浏览器打开这个地址。',
  network: '看看其他网页能否打开；打不开就是你的网络问题。',
  vpn: '关闭 VPN、代理和拦截类扩展，或换一个网络。',
  tellServer: '如果别人也进不来，请告诉服务器管理员。',
  waitServer: '通常只需几秒钟。',
  signaling: '服务器管理员：让代理放行 /socket.io（包括 WebSocket），并把本主机名写进 RIVERO_PUBLIC_HOSTS。',
  mediaPorts: '服务器或防火墙管理员：开放到 {hosts} 的 {ports}。',
  external: '地址不对？在 NAT 后面时，RIVERO_EXTERNAL_IPV4 必须是公网地址。',
};

export const server: (typeof en)['server'] = {
  offline: '这台设备没有连接网络。',
  down: '无法连接服务器。',
  starting: '服务器正在启动。',
  blocked: '服务器在运行，但会议的连接无法通过：WebSocket 和长轮询都被拦截了。',
};
