import { useI18n } from 'vue-i18n';
import { type IceError, iceErrorReason } from './ice-error.ts';

/** Says in words why a STUN or TURN server gave no candidate. The code itself is not among them, but for one without words. */
export function useIceErrorText(): (error: IceError) => string {
  const { t } = useI18n();

  return (error) => {
    switch (iceErrorReason(error)) {
      case 'no-answer':
        return t('iceError.noAnswer');
      case 'name-unknown':
        return t('iceError.nameUnknown');
      case 'connection-failed':
        return t('iceError.connectionFailed');
      case 'tls-failed':
        return t('iceError.tlsFailed');
      case 'other-interface':
        return t('iceError.otherInterface');
      case 'not-reached':
        return t('iceError.notReached');
      case 'try-alternate':
        return t('iceError.tryAlternate');
      case 'bad-request':
        return t('iceError.badRequest');
      case 'unauthorized':
        return t('iceError.unauthorized');
      case 'forbidden':
        return t('iceError.forbidden');
      case 'unknown-attribute':
        return t('iceError.unknownAttribute');
      case 'allocation-mismatch':
        return t('iceError.allocationMismatch');
      case 'stale-nonce':
        return t('iceError.staleNonce');
      case 'family-unsupported':
        return t('iceError.familyUnsupported');
      case 'other-credentials':
        return t('iceError.otherCredentials');
      case 'transport-unsupported':
        return t('iceError.transportUnsupported');
      case 'family-mismatch':
        return t('iceError.familyMismatch');
      case 'connection-exists':
        return t('iceError.connectionExists');
      case 'peer-not-reached':
        return t('iceError.peerNotReached');
      case 'quota-reached':
        return t('iceError.quotaReached');
      case 'server-error':
        return t('iceError.serverError');
      case 'no-capacity':
        return t('iceError.noCapacity');
      case 'global-failure':
        return t('iceError.globalFailure');
      case 'other':
        return t('iceError.other', { code: error.code, text: error.text });
    }
  };
}
