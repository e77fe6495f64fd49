import type { CaptureKind } from '@rivero/sdk';
import { useI18n } from 'vue-i18n';
import type { DeviceProblem } from '../devices/device-problem.ts';
import { ownSurroundings, type Surroundings } from './surroundings.ts';

/** What is wrong, and how to get out of it. */
export interface Help {
  readonly text: string;
  /** In the order in which they are done. */
  readonly steps: readonly string[];
}

/** "No camera or microphone", not "and". */
const withoutAny: ReadonlySet<DeviceProblem> = new Set(['missing', 'unsupported']);

/** Says what is wrong with a device, or with both in the same way, and what to do in this browser. */
export function useDeviceHelp(
  surroundings: Surroundings = ownSurroundings(),
): (problem: DeviceProblem, kinds: readonly CaptureKind[]) => Help {
  const { t } = useI18n();

  /** Where the permission of a page is given back. */
  function allowSteps(): readonly string[] {
    switch (surroundings.browser) {
      case 'chromium':
        return [t('step.chromiumSign'), t('step.chromiumAllow'), t('step.byItself')];
      case 'firefox':
        return [t('step.firefoxSign'), t('step.firefoxAllow'), t('step.answer')];
      case 'safari':
        return [t('step.safariSettings'), t('step.safariAllow'), t('step.again')];
      case 'chromium-phone':
      case 'firefox-phone':
        return [t('step.phoneSign'), t('step.phoneAllow'), t('step.again')];
      case 'safari-phone':
        return [t('step.safariPhoneSign'), t('step.safariAllow'), t('step.again')];
      case 'ios-app':
        return [t('step.iosApp'), t('step.again')];
    }
  }

  function systemStep(): string {
    switch (surroundings.system) {
      case 'windows':
        return t('step.windows');
      case 'macos':
        return t('step.macos');
      case 'android':
        return t('step.android');
      case 'ios':
        return t('step.iosApp');
      case 'other':
        return t('step.system');
    }
  }

  function nameOf(kinds: readonly CaptureKind[], isNone: boolean): string {
    if (kinds.length > 1) return isNone ? t('device.either') : t('device.both');
    return kinds[0] === 'microphone' ? t('device.microphone') : t('device.camera');
  }

  return (problem, kinds) => {
    const words = { device: nameOf(kinds, withoutAny.has(problem)) };
    switch (problem) {
      case 'denied':
        return { text: t('device.denied', words), steps: allowSteps() };
      case 'dismissed':
        return { text: t('device.dismissed', words), steps: [t('step.answer')] };
      case 'denied-by-system':
        return { text: t('device.deniedBySystem', words), steps: [systemStep(), t('step.again')] };
      case 'missing':
        // Where the system forbids it Firefox on macOS says that there is none.
        return { text: t('device.missing', words), steps: [t('step.plugIn'), t('step.switchOn'), systemStep()] };
      case 'busy':
        return { text: t('device.busy', words), steps: [t('step.closeOthers'), t('step.again'), t('step.restart')] };
      case 'unsuitable':
        return { text: t('device.unsuitable', words), steps: [t('step.chooseOther')] };
      case 'insecure':
        return { text: t('device.insecure', words), steps: [t('step.openLink'), t('step.warning')] };
      case 'unsupported':
        return { text: t('device.unsupported', words), steps: [t('step.ownApp'), t('step.update')] };
      case 'lost':
        return { text: t('device.lost', words), steps: [t('step.plugIn'), t('step.chooseOther')] };
      case 'failed':
        return { text: t('device.failed', words), steps: [t('step.restart'), t('step.chooseOther')] };
    }
  };
}
