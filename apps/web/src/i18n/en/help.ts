export const help = {
  steps: 'What to do',
  retry: 'Try again',
  dismiss: 'Do not show this again',
  openSecure: 'Open {address}',
};

/** What is wrong with a device; `{device}` is one of the first four. */
export const device = {
  camera: 'camera',
  microphone: 'microphone',
  both: 'camera and microphone',
  either: 'camera or microphone',
  denied: 'This page may not use your {device}.',
  dismissed: 'The browser asked for your {device} and got no answer.',
  deniedBySystem: 'Your system keeps the {device} from the browser.',
  missing: 'No {device} was found.',
  busy: 'Another program is using your {device}.',
  unsuitable: 'Your {device} cannot do what was asked of it.',
  insecure: 'Your browser needs https for {device}.',
  unsupported: 'This browser gives pages no {device}.',
  lost: 'Your {device} was unplugged or taken away.',
  failed: 'Your {device} could not be opened.',
};

/** The way out of it, step by step. */
export const step = {
  again: 'Come back here and press “Try again”.',
  byItself: 'This page notices it by itself; if not, press “Try again”.',
  answer: 'Press “Try again” and choose “Allow” when the browser asks.',
  chromiumSign: 'Click the icon to the left of the address.',
  chromiumAllow: 'Turn on the switch beside camera and microphone.',
  firefoxSign: 'Press the crossed-out camera or microphone beside the address, or the padlock.',
  firefoxAllow: 'Remove “Blocked” with the cross beside it.',
  safariSettings: 'Choose “Settings for This Website” in the Safari menu.',
  safariAllow: 'Set camera and microphone to “Allow”.',
  phoneSign: 'Tap the icon beside the address, then “Permissions”.',
  phoneAllow: 'Allow camera and microphone.',
  safariPhoneSign: 'Tap the icon beside the address, then “Website Settings”.',
  iosApp: 'Open the Settings app, choose your browser in the list of apps, and turn on camera and microphone.',
  windows: 'Open Settings › Privacy & security › Camera, then Microphone. Let apps use them, desktop apps too.',
  macos: 'Open System Settings › Privacy & Security › Camera, then Microphone. Turn on your browser and restart it.',
  android: 'Open Settings › Apps, choose your browser, then Permissions, and allow camera and microphone.',
  system: 'Allow it in the privacy settings of your system; a browser from Snap or Flatpak has settings of its own.',
  plugIn: 'Plug one in: it is noticed by itself.',
  turnOn: 'Then turn it on in the bar below.',
  switchOn: 'If it is built in, look for a key or slider that turns it off.',
  closeOthers: 'Close other programs and tabs that use it, such as another meeting.',
  chooseOther: 'Or choose another one below.',
  restart: 'If that does not help, unplug it and plug it in again, or restart the computer.',
  ask: 'Ask whoever runs this server for its https address.',
  openLink: 'Open the https link below.',
  warning: 'The browser may warn you of the certificate: choose “Advanced”, then go on.',
  update: 'Update the browser, or open this address in a new Chrome, Edge, Firefox or Safari.',
  ownApp: 'If this page is open inside another app, open its address in a browser.',
  network: 'Look whether other pages open. If not, it is your network.',
  vpn: 'Turn off VPN, proxy and blocking extensions, or try another network.',
  tellServer: 'If others cannot come in either, tell whoever runs this server.',
  waitServer: 'It usually takes a few seconds.',
  signaling:
    'Whoever runs the server: let /socket.io through the proxy, with WebSocket, and name this host in RIVERO_PUBLIC_HOSTS.',
  mediaPorts: 'Whoever runs the server or the firewall: open {ports} to {hosts}.',
  relayPorts: 'Or let everybody through to its relay: open {ports} to {hosts}.',
  relayByLink: 'The address of this page says “relay”: open it without that, and every path may be used.',
  relayAsHost: 'Or choose “Allow direct paths again” under “More”.',
  relayAskHost: 'Or ask a host to allow direct paths.',
  relaySecret:
    'Whoever runs the server: RIVERO_TURN_SECRET must be the secret of that TURN server, and the clocks must agree.',
  relayCertificate: 'Whoever runs the server: TLS needs a certificate that browsers trust; UDP and TCP do not.',
  relayLimits:
    'Whoever runs the server: raise what the TURN server allows (RIVERO_TURN_ALLOCATIONS, RIVERO_TURN_ALLOCATIONS_PER_USER).',
  relayLog: 'Whoever runs the server: look into the log of the TURN server.',
  relayOpen: 'Whoever runs the server: set RIVERO_TURN_PORT, or name a TURN server in RIVERO_TURN_URLS.',
  external: 'Are those addresses wrong? Behind NAT, RIVERO_EXTERNAL_IPV4 must be the public one.',
};

/** Why the server is not reached. */
export const server = {
  offline: 'This device is offline.',
  down: 'The server cannot be reached.',
  starting: 'The server is just starting.',
  blocked:
    'The server is there, but the connection for meetings does not get through: WebSocket and long polling are both blocked.',
};
