import { useI18n } from 'vue-i18n';
import { useIceErrorText } from '../help/use-ice-error-text.ts';
import type { IceUrl } from '../help/ice-url.ts';
import { inSeconds } from './in-seconds.ts';
import { patienceMs } from './use-gathering.ts';
import { gradeOf, type Verdict } from './verdict.ts';

/** A verdict in plain words. */
export interface VerdictWords {
  readonly title: string;
  readonly text: string;
  /** What to do about it. */
  readonly steps: readonly string[];
}

/** `isOwn`: the server is the one of this page. */
export function useVerdictWords(isOwn: boolean): (verdict: Verdict, url: IceUrl) => VerdictWords {
  const { t, d } = useI18n();
  const errorText = useIceErrorText();

  function titleOf(verdict: Verdict, { scheme, transport }: IceUrl): string {
    const words = { way: transport.toUpperCase() };
    switch (gradeOf(verdict)) {
      case 'good':
        return scheme === 'stun' ? t('trickleIce.stunWorks') : t('trickleIce.relayWorks', words);
      case 'bad':
        return scheme === 'stun' ? t('trickleIce.stunFails') : t('trickleIce.relayFails', words);
      case 'waiting':
        return scheme === 'stun' ? t('trickleIce.stunWaits') : t('trickleIce.relayWaits', words);
      case 'unsure':
        return scheme === 'stun' ? t('trickleIce.stunOpen') : t('trickleIce.relayOpen', words);
    }
  }

  function textOf(verdict: Verdict): string {
    switch (verdict.type) {
      case 'waiting':
        return verdict.isSlow ? t('trickleIce.slow') : '';
      case 'stopped':
        return t('trickleIce.stopped');
      case 'relays': {
        const { afterMs, address, publicAddress, isHiddenRelay } = verdict;
        return [
          t('trickleIce.relays', { time: inSeconds(afterMs), address }),
          ...(publicAddress === undefined ? [] : [t('trickleIce.seenAs', { address: publicAddress })]),
          ...(isHiddenRelay ? [t('trickleIce.hiddenRelay')] : []),
        ].reduce((first, second) => t('trickleIce.both', { first, second }));
      }
      case 'reflects':
        return t('trickleIce.reflects', { time: inSeconds(verdict.afterMs), address: verdict.address });
      case 'no-nat':
        return t('trickleIce.noNat');
      case 'not-for-relays':
        return t('trickleIce.notForRelays');
      case 'failed': {
        const { endedAtSeconds, error } = verdict;
        if (endedAtSeconds === undefined) return errorText(error);
        return t('trickleIce.hasEnded', {
          date: d(endedAtSeconds * 1000, { dateStyle: 'medium', timeStyle: 'medium' }),
        });
      }
      case 'no-end':
        return t('trickleIce.noEnd', { time: patienceMs / 1000 });
      case 'no-address':
        return t('trickleIce.noAddress');
      case 'no-family':
        return t('trickleIce.noFamily', { family: verdict.family === 'ipv6' ? 'IPv6' : 'IPv4' });
      case 'name-needed':
        return t('trickleIce.nameNeeded');
      case 'unasked':
        return t('trickleIce.unasked');
      case 'untold':
        return t('trickleIce.untold');
      case 'refused-by-browser':
        return t('trickleIce.refusedByBrowser', { message: verdict.message });
    }
  }

  /** Of a server that is not reached. */
  function reachSteps({ port, transport, scheme }: IceUrl): readonly string[] {
    const protocol = transport === 'udp' ? 'UDP' : 'TCP';
    return [
      ...(isOwn ? [] : [t('trickleIce.stepAddress')]),
      t('step.vpn'),
      ...(transport === 'udp' && scheme === 'turn' ? [t('trickleIce.stepUdp')] : []),
      t('trickleIce.stepPort', { port, protocol }),
    ];
  }

  function tlsSteps(url: IceUrl): readonly string[] {
    const { port } = url;
    if (!isOwn) return [t('trickleIce.stepCertificate', { host: url.host }), ...reachSteps(url)];
    return [
      t('trickleIce.stepTlsSpare'),
      t('trickleIce.stepOwnCertificate'),
      t('trickleIce.stepPort', { port, protocol: 'TCP' }),
    ];
  }

  function stepsOf(verdict: Verdict, url: IceUrl): readonly string[] {
    switch (verdict.type) {
      case 'failed':
        return failedSteps(verdict, url);
      case 'no-end':
      case 'untold':
        return url.transport === 'tls' ? tlsSteps(url) : reachSteps(url);
      case 'no-address':
        return [t('step.network'), t('step.vpn'), t('trickleIce.stepPolicy')];
      case 'no-family':
        return isOwn ? [t('trickleIce.stepOwnName')] : [t('trickleIce.stepName')];
      case 'name-needed':
        return isOwn ? [t('trickleIce.stepTlsSpare'), t('trickleIce.stepOwnName')] : [t('trickleIce.stepName')];
      case 'unasked':
        return [t('step.vpn'), t('trickleIce.stepPolicy')];
      case 'relays':
        return verdict.isHiddenRelay ? [t('trickleIce.stepExternal')] : [];
      case 'waiting':
      case 'stopped':
      case 'reflects':
      case 'no-nat':
      case 'not-for-relays':
      case 'refused-by-browser':
        return [];
    }
  }

  function failedSteps({ reason }: Extract<Verdict, { type: 'failed' }>, url: IceUrl): readonly string[] {
    switch (reason) {
      case 'unauthorized':
      case 'other-credentials':
        return isOwn
          ? [t('trickleIce.stepSecret')]
          : [t('trickleIce.stepCredentials'), t('trickleIce.stepTimeLimited')];
      case 'tls-failed':
        return tlsSteps(url);
      case 'name-unknown':
        return isOwn ? [t('step.vpn')] : [t('trickleIce.stepAddress'), t('step.vpn')];
      case 'no-answer':
      case 'connection-failed':
      case 'not-reached':
      case 'other-interface':
        return reachSteps(url);
      // The words for the code say what to do.
      case 'try-alternate':
      case 'bad-request':
      case 'forbidden':
      case 'unknown-attribute':
      case 'allocation-mismatch':
      case 'stale-nonce':
      case 'family-unsupported':
      case 'transport-unsupported':
      case 'family-mismatch':
      case 'connection-exists':
      case 'peer-not-reached':
      case 'quota-reached':
      case 'server-error':
      case 'no-capacity':
      case 'global-failure':
      case 'other':
        return [];
    }
  }

  return (verdict, url) => ({ title: titleOf(verdict, url), text: textOf(verdict), steps: stepsOf(verdict, url) });
}
