import { computed, type Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import type { RelayFailure } from './relay-failures.ts';
import { serverRemedies } from './relay-remedies.ts';

/** What whoever runs the server mends besides opening ports, in words. */
export function useServerRemedies(failures: Readonly<Ref<readonly RelayFailure[]>>): Readonly<Ref<readonly string[]>> {
  const { t } = useI18n();
  return computed(() =>
    serverRemedies(failures.value).map((remedy) => {
      switch (remedy) {
        case 'secret':
          return t('step.relaySecret');
        case 'certificate':
          return t('step.relayCertificate');
        case 'limits':
          return t('step.relayLimits');
        case 'log':
          return t('step.relayLog');
      }
    }),
  );
}
