import { useI18n } from 'vue-i18n';
import { type IceUrlProblem, urlLengthMax } from '../help/ice-url.ts';

/** Says what is wrong with an address. */
export function useUrlProblem(): (problem: IceUrlProblem) => string {
  const { t } = useI18n();

  return (problem) => {
    switch (problem) {
      case 'empty':
        return t('trickleIce.urlEmpty', { example: 'turn:turn.example.org:3478' });
      case 'too-long':
        return t('trickleIce.urlTooLong', { max: urlLengthMax });
      case 'scheme':
        return t('trickleIce.urlScheme');
      case 'stuns':
        return t('trickleIce.urlStuns');
      case 'slashes':
        return t('trickleIce.urlSlashes');
      case 'user':
        return t('trickleIce.urlUser');
      case 'rest':
        return t('trickleIce.urlRest');
      case 'brackets':
        return t('trickleIce.urlBrackets');
      case 'host':
        return t('trickleIce.urlHost');
      case 'port':
        return t('trickleIce.urlPort');
      case 'stun-query':
        return t('trickleIce.urlStunQuery');
      case 'transport':
        return t('trickleIce.urlTransport');
      case 'turns-udp':
        return t('trickleIce.urlTurnsUdp');
    }
  };
}
