import { computed, type Ref, shallowRef, watch } from 'vue';
import { useI18n } from 'vue-i18n';
import type { DeviceProblem } from '../devices/device-problem.ts';
import { problemKey } from '../i18n/index.ts';
import type { Problem } from '../meeting/problem.ts';
import { findHttpsAddress } from './https-address.ts';
import { diagnoseServer, type ServerDiagnosis } from './server-diagnosis.ts';
import { type Help, useDeviceHelp } from './use-device-help.ts';

/** What is done about a refused device is the same as before the meeting. */
const deviceProblems: Readonly<Record<string, DeviceProblem>> = {
  'permission-denied': 'denied',
  'device-missing': 'missing',
  'device-busy': 'busy',
  'device-unsuitable': 'unsuitable',
  'device-failed': 'failed',
  'device-lost': 'lost',
  'insecure-context': 'insecure',
};

export interface ProblemHelp {
  readonly help: Readonly<Ref<Help>>;
  /** Where the same page is secure, when that is the way out. */
  readonly secureAddress: Readonly<Ref<string | undefined>>;
}

/** Explains a problem; what the page can find out about it is found out. */
export function useProblemHelp(problem: () => Problem): ProblemHelp {
  const i18n = useI18n();
  const { t } = i18n;
  const deviceHelp = useDeviceHelp();
  const diagnosis = shallowRef<ServerDiagnosis>();
  const secureAddress = shallowRef<string>();

  async function findOut({ code }: Problem): Promise<void> {
    diagnosis.value = undefined;
    secureAddress.value = undefined;
    if (code === 'server-unreachable') diagnosis.value = await diagnoseServer();
    if (code === 'insecure-context') secureAddress.value = await findHttpsAddress(location);
  }

  function serverHelp(): Help {
    switch (diagnosis.value) {
      case 'offline':
        return { text: t('server.offline'), steps: [t('step.network'), t('step.again')] };
      case 'starting':
        return { text: t('server.starting'), steps: [t('step.waitServer')] };
      case 'blocked':
        return { text: t('server.blocked'), steps: [t('step.vpn'), t('step.signaling')] };
      case 'down':
      case undefined:
        return { text: t('server.down'), steps: [t('step.network'), t('step.vpn'), t('step.tellServer')] };
    }
  }

  const help = computed<Help>(() => {
    const { code, message } = problem();
    if (code === 'server-unreachable') return serverHelp();
    const text = t(
      problemKey(code, (key) => i18n.te(key)),
      { code, message },
    );
    const ofDevice = deviceProblems[code];
    if (ofDevice === undefined) return { text, steps: [] };
    return { text, steps: deviceHelp(ofDevice, ['camera', 'microphone']).steps };
  });

  watch(problem, findOut, { immediate: true });
  return { help, secureAddress };
}
