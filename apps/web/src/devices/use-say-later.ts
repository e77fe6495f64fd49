import type { CaptureKind } from '@rivero/sdk';
import { useI18n } from 'vue-i18n';
import { notify } from '../ui/notices.ts';

/** Says that the device that was just chosen is for when it is turned on: nothing else would be seen of the choice. */
export function useSayLater(): (kind: CaptureKind) => void {
  const { t } = useI18n();
  return (kind) => notify(kind === 'camera' ? t('toolbar.cameraLater') : t('toolbar.microphoneLater'), 'device');
}
